/** Small explained bundles and test-only publishers, shared by the tests of every module. */
@NullMarked
package io.rebootless.testing;

import org.jspecify.annotations.NullMarked;
