package io.rebootless.agent.preflight;

/**
 * {@code module.sig_enforce}.
 *
 * @param parameter {@code /sys/module/module/parameters/sig_enforce}
 * @param signing what would be loaded
 */
record SignatureEnforcement(Seen parameter, ModuleSigning signing) implements Check {
    @Override
    public String name() {
        return "module-signatures";
    }

    @Override
    public Finding judge() {
        if (parameter instanceof Seen.Denied denied) {
            return unseen(denied.why(), SecurityFiles.AS_ROOT);
        }
        return parameter.says("Y")
                ? signing.judge(this, "module.sig_enforce=1: only signed modules are loaded")
                : ready("not enforced by module.sig_enforce");
    }
}
