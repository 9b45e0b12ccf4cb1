/** What is published as a whole: publications, and the server's store of their files. */
@NullMarked
package io.rebootless.cli.catalog;

import org.jspecify.annotations.NullMarked;
