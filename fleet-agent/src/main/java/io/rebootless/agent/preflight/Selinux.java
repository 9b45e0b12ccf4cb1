package io.rebootless.agent.preflight;

/**
 * SELinux, enforcing, refuses modules that come from sysfs unless its policy has our rule.
 *
 * @param source where livepatches come from
 * @param enforce {@code /sys/fs/selinux/enforce}, absent where SELinux is not active
 * @param rule whether the policy module {@code rebootless} is installed; only root can tell
 */
record Selinux(ImageSource source, Seen enforce, boolean rule) implements Check {
    @Override
    public String name() {
        return "selinux";
    }

    @Override
    public Finding judge() {
        if (enforce instanceof Seen.Denied denied) {
            return unseen(denied.why(), SecurityFiles.AS_ROOT);
        }
        if (!enforce.says("1")) {
            return ready(enforce.says("0") ? "permissive" : "not active");
        }
        if (source == ImageSource.TMPFS) {
            return attention(
                    "enforcing: its policy may not let the agent's service load modules from tmpfs (loader-failed)",
                    "Look for module_load in the audit log after the first try, and allow it; untested.");
        }
        return rule
                ? ready("enforcing, the policy module rebootless is installed")
                : attention(
                        "enforcing: its policy may refuse to load livepatches from sysfs (EACCES loader-failed)",
                        "semodule -i /usr/share/doc/rebootless-module-common/rebootless.cil");
    }
}
