@NullMarked
package io.rebootless.agent.verification;

import org.jspecify.annotations.NullMarked;
