/** The bundle file: its header, manifest and signature section, reading and writing it, and every way to refuse one. */
@NullMarked
package io.rebootless.bundle;

import org.jspecify.annotations.NullMarked;
