/** Where the bundles' bytes lie: blobs under the SHA-256 of their content, whole and durable or not there. */
@NullMarked
package io.rebootless.server.blobs;

import org.jspecify.annotations.NullMarked;
