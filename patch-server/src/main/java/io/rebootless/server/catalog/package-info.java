/** The bundles that were accepted: upload, verification, the store of their bytes, lists and downloads. */
@NullMarked
package io.rebootless.server.catalog;

import org.jspecify.annotations.NullMarked;
