/** Whether the fleet is protected against a CVE. */
@NullMarked
package io.rebootless.server.compliance;

import org.jspecify.annotations.NullMarked;
