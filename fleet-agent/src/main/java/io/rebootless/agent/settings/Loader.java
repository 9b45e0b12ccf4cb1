package io.rebootless.agent.settings;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** Who verifies last and has the kernel load a livepatch. */
public enum Loader {
    /** The kernel module {@code rebootless.ko}: the agent cannot load anything itself. */
    @JsonProperty("module")
    MODULE,
    /** The agent, by the system's own {@code insmod}: it needs CAP_SYS_MODULE, and nobody verifies after it. */
    @JsonProperty("direct")
    DIRECT;

    /** As in the settings. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
