package io.rebootless.agent.kernel;

import io.rebootless.agent.log.EventLog;
import io.rebootless.bundle.Refusal;
import io.rebootless.wire.Failure;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The kernel did not do as told. Java sees no errno: the module's {@code last_error} says what happened. */
public final class KernelRefusedException extends Exception {
    private static final long serialVersionUID = 1;

    /** {@code <ERRNO> <name>: <words>}. */
    private static final Pattern LAST_ERROR = Pattern.compile("(?s)([A-Z0-9]{2,20}) ([a-z0-9-]{1,64}): (.+)");

    /** Verdicts on the bundle itself, beyond those that Java knows too: trying the same bundle again is no use. */
    private static final Set<String> KERNEL_VERDICTS =
            Set.of("bundle-size", "not-below-level", "not-livepatch", "wrong-module");

    private static final Set<String> SHARED_VERDICTS = Arrays.stream(Refusal.class.getPermittedSubclasses())
            .map(type -> type.getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    private final String name;

    private KernelRefusedException(String name, String message) {
        super(message);
        this.name = name;
    }

    /**
     * Understands what the module has left in {@code last_error}.
     *
     * @param attempted for people, such as {@code upgrade}
     * @param lastError the file's content; {@code ok} or empty if the refusal came from elsewhere
     * @param system what the system call's failure says
     */
    public static KernelRefusedException of(String attempted, String lastError, String system) {
        var said = LAST_ERROR.matcher(lastError.strip());
        if (said.matches()) {
            return new KernelRefusedException(
                    said.group(2), "the kernel refused %s: %s (%s)".formatted(attempted, said.group(3), said.group(1)));
        }
        return new KernelRefusedException(
                "kernel-error", "the kernel refused %s: %s; `dmesg` may say more".formatted(attempted, system));
    }

    /**
     * A refusal made in this process, by the names that the module would use.
     *
     * @param attempted for people, such as {@code upgrade}
     */
    static KernelRefusedException by(String attempted, String name, String words) {
        return new KernelRefusedException(name, "refused %s: %s".formatted(attempted, words));
    }

    /** Whether the bundle was judged, rather than the attempt to load it having failed. */
    public boolean verdict() {
        return SHARED_VERDICTS.contains(name) || KERNEL_VERDICTS.contains(name);
    }

    public Failure failure() {
        return EventLog.failure(name, getMessage());
    }
}
