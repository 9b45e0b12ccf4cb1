/** Our kernel module in a guest: installed, sealed, and spoken to by hand. */
@NullMarked
package io.rebootless.module;

import org.jspecify.annotations.NullMarked;
