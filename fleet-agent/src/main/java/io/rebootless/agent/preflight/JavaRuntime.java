package io.rebootless.agent.preflight;

/**
 * Which Java runs the agent.
 *
 * @param version its own
 * @param home where it is
 * @param packaged whether that is the one in the agent's package
 */
record JavaRuntime(String version, String home, boolean packaged) implements Check {
    @Override
    public String name() {
        return "java-runtime";
    }

    @Override
    public Finding judge() {
        String words = "Java %s in %s".formatted(version, home);
        return packaged
                ? ready(words + ", the agent's own")
                : attention(
                        words + ", which others update and remove",
                        "Install the agent's package with its own runtime, smaller and tested with it.");
    }
}
