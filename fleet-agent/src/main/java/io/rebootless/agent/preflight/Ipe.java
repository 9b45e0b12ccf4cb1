package io.rebootless.agent.preflight;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Integrity Policy Enforcement may deny modules.
 *
 * @param source where livepatches come from
 * @param security which security modules are active
 * @param enforce {@code /sys/kernel/security/ipe/enforce}
 * @param policies text of those that are active, by name
 */
record Ipe(ImageSource source, SecurityFiles security, Seen enforce, Map<String, Seen> policies) implements Check {
    private static final Pattern DENIES = Pattern.compile("(?s).*(DEFAULT +action=DENY|op=KMODULE\\b.*action=DENY).*");

    Ipe {
        policies = Map.copyOf(policies);
    }

    @Override
    public String name() {
        return "ipe";
    }

    @Override
    public Finding judge() {
        if (security.state() == SecurityFiles.State.UNMOUNTED) {
            return security.absent(this, "");
        }
        if (!security.active().contains("ipe") || enforce.says("0")) {
            return ready(security.active().contains("ipe") ? "permissive" : "not active");
        }
        for (var policy : new TreeMap<>(policies).entrySet()) {
            if (policy.getValue() instanceof Seen.Denied denied) {
                return unseen(denied.why(), SecurityFiles.AS_ROOT);
            }
            if (DENIES.matcher(policy.getValue().text().orElse("")).matches()) {
                return attention(
                        "the policy %s denies modules that it does not name (EACCES loader-failed)"
                                .formatted(policy.getKey()),
                        "Allow op=KMODULE from %s in it; untested.".formatted(source));
            }
        }
        return ready("no active policy denies modules");
    }
}
