/** Looks whether every published bundle's file is there and still what it was. */
@NullMarked
package io.rebootless.server.scrub;

import org.jspecify.annotations.NullMarked;
