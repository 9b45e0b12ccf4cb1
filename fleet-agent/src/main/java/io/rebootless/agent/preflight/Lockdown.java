package io.rebootless.agent.preflight;

/**
 * Kernel lockdown refuses modules without a signature.
 *
 * @param level {@code /sys/kernel/security/lockdown}, such as {@code none [integrity] confidentiality}
 * @param security whether securityfs can be looked into
 * @param signing what would be loaded
 */
record Lockdown(Seen level, SecurityFiles security, ModuleSigning signing) implements Check {
    @Override
    public String name() {
        return "lockdown";
    }

    @Override
    public Finding judge() {
        if (level instanceof Seen.Denied denied) {
            return unseen(denied.why(), SecurityFiles.AS_ROOT);
        }
        if (level.text().isEmpty()) {
            return security.absent(this, "this kernel has no lockdown");
        }
        String words = level.text().get();
        if (words.contains("[none]")) {
            return ready("none");
        }
        String active = words.replaceAll(".*\\[(\\w+)\\].*", "$1");
        return signing.judge(this, "lockdown is at \"%s\": only signed modules are loaded".formatted(active));
    }
}
