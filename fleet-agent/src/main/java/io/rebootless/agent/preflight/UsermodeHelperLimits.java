package io.rebootless.agent.preflight;

import java.util.regex.Pattern;

/**
 * What the kernel leaves to programs that it starts itself. The loader is one, and needs CAP_SYS_MODULE, number 16. What
 * counts is the bounding set: a program that root executes has the capabilities of bounding and inheritable set
 * together, and the kernel's own tasks have none to inherit.
 *
 * @param bset {@code /proc/sys/kernel/usermodehelper/bset}: two words of 32 bits, the lower one first
 */
record UsermodeHelperLimits(Seen bset) implements Check {
    private static final int CAP_SYS_MODULE = 16;
    private static final Pattern LOWER_WORD = Pattern.compile("([0-9]{1,10})\\s+[0-9]{1,10}");

    @Override
    public String name() {
        return "usermodehelper-limits";
    }

    @Override
    public Finding judge() {
        if (bset instanceof Seen.Absent) {
            return blocked(
                    "this kernel starts no programs itself: /proc/sys/kernel/usermodehelper is not there",
                    "Boot a kernel with CONFIG_SYSCTL and usermode helpers; Debian's are like that.");
        }
        var word = LOWER_WORD.matcher(bset.text().orElse(""));
        if (!word.matches()) {
            return unseen(
                    bset instanceof Seen.Denied denied ? denied.why() : "kernel.usermodehelper.bset is not two numbers",
                    SecurityFiles.AS_ROOT);
        }
        if ((Long.parseLong(word.group(1)) >> CAP_SYS_MODULE & 1) == 0) {
            return blocked(
                    "kernel.usermodehelper.bset lacks CAP_SYS_MODULE (bit 16): the loader cannot load",
                    "Leave bit 16 in where it is set (/etc/sysctl.d), and reboot: it is never given back.");
        }
        return ready("kernel.usermodehelper.bset has CAP_SYS_MODULE");
    }
}
