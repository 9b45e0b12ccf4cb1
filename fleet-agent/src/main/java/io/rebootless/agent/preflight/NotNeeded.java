package io.rebootless.agent.preflight;

/**
 * What only the kernel module needs, on a host whose agent loads livepatches itself: programs still find its name.
 *
 * @param name the check's
 */
record NotNeeded(String name) implements Check {
    @Override
    public Finding judge() {
        return ready("not needed: loader = direct");
    }
}
