package io.rebootless.agent.preflight;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * IMA appraisal of modules: a file in sysfs or tmpfs has no signature of IMA's.
 *
 * @param source where livepatches come from
 * @param security whether securityfs can be looked into
 * @param present whether the kernel has IMA
 * @param policy {@code /sys/kernel/security/ima/policy}, which most kernels let nobody read
 * @param written {@code /etc/ima/ima-policy}, which systemd loads at boot
 * @param argument what {@code ima_policy=} on the kernel's command line says
 * @param mode what {@code ima_appraise=} there says
 */
record ImaAppraisal(
        ImageSource source,
        SecurityFiles security,
        boolean present,
        Seen policy,
        Seen written,
        Optional<String> argument,
        Optional<String> mode)
        implements Check {
    private static final Pattern APPRAISES = Pattern.compile("appraise\\b.*");
    private static final Pattern EXEMPTS = Pattern.compile("dont_appraise\\b.*");
    private static final Pattern NAMES_OTHERS = Pattern.compile(".*\\bfunc=(?!MODULE_CHECK\\b).*");
    private static final Pattern NAMES_FILES = Pattern.compile(".*\\b(fsmagic|fsuuid|fsname|uid|fowner|obj_type)=.*");

    /** Only the kernel can put a file into sysfs; any process of root's can put one into a tmpfs. */
    private String remedy() {
        return switch (source) {
            case SYSFS ->
                "Add, before the rule that appraises: dont_appraise func=MODULE_CHECK fsmagic=0x62656572 (sysfs)."
                        + " See \"On hardened kernels\" in docs/security.md.";
            case TMPFS ->
                "Use the kernel module (loader = module): to exempt tmpfs would be to exempt whatever root puts there.";
        };
    }

    @Override
    public String name() {
        return "ima-appraisal";
    }

    @Override
    public Finding judge() {
        if (!present) {
            return security.absent(this, "this kernel does not use IMA");
        }
        if (mode.filter(word -> word.equals("off") || word.equals("log") || word.equals("fix"))
                .isPresent()) {
            return ready("not enforced: ima_appraise=%s".formatted(mode.get()));
        }
        if (policy.text().isPresent()) {
            return judge(policy.text().get(), "the policy in force");
        }
        if (written.text().isPresent()) {
            return judge(written.text().get(), "/etc/ima/ima-policy");
        }
        if (written instanceof Seen.Denied denied) {
            return unseen(denied.why(), SecurityFiles.AS_ROOT);
        }
        if (argument.orElse("").contains("secure_boot")) {
            return blocked(
                    "ima_policy=secure_boot: modules in %s are refused (EACCES loader-failed)".formatted(source),
                    remedy());
        }
        return ready("no policy that appraises modules in /etc/ima or on the kernel's command line");
    }

    /** The first rule that fits decides, as in the kernel. */
    private Finding judge(String rules, String where) {
        for (String line : rules.lines().map(String::strip).toList()) {
            boolean others = NAMES_OTHERS.matcher(line).matches();
            boolean from = line.contains(source.magic());
            if (others || (NAMES_FILES.matcher(line).matches() && !from)) {
                continue;
            }
            if (EXEMPTS.matcher(line).matches()) {
                return ready("%s exempts %s: %s".formatted(where, source, line));
            }
            if (APPRAISES.matcher(line).matches()) {
                return blocked("%s appraises modules in %s: %s".formatted(where, source, line), remedy());
            }
        }
        return ready(where + " does not appraise modules");
    }
}
