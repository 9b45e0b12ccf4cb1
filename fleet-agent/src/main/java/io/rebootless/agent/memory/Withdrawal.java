package io.rebootless.agent.memory;

import java.time.Duration;

/**
 * A livepatch that was turned off and is not gone yet.
 *
 * @param module its name in the kernel
 * @param bootId the boot in which it was turned off
 * @param since time since that boot
 */
public record Withdrawal(String module, String bootId, Duration since) {}
