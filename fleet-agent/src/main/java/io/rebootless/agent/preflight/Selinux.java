package io.rebootless.agent.preflight;

/**
 * SELinux, enforcing, refuses modules that come from sysfs unless its policy has our rule.
 *
 * @param enforce {@code /sys/fs/selinux/enforce}, absent where SELinux is not active
 * @param rule whether the policy module {@code rebootless} is installed; only root can tell
 */
record Selinux(Seen enforce, boolean rule) implements Check {
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
        return rule
                ? ready("enforcing, the policy module rebootless is installed")
                : attention(
                        "enforcing: its policy may refuse to load livepatches from sysfs (EACCES loader-failed)",
                        "semodule -i /usr/share/doc/rebootless-module-common/rebootless.cil");
    }
}
