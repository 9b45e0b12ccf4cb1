/** Which certificate authorities vouch for the server, and how the agent learns of the ones that come after them. */
@NullMarked
package io.rebootless.agent.authority;

import org.jspecify.annotations.NullMarked;
