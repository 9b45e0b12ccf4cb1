/** Whether kernel builds are covered by what the server has published, and which CVEs do not concern them. */
@NullMarked
package io.rebootless.cli.coverage;

import org.jspecify.annotations.NullMarked;
