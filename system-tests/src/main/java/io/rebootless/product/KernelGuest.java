package io.rebootless.product;

import io.rebootless.guest.Guest;
import io.rebootless.guest.Result;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.kernel.KernelNotes;
import io.rebootless.trust.PublisherCertificate;

/** A guest's kernel as somebody sees it who speaks the module's sysfs ABI by hand, as root. */
public final class KernelGuest {
    static final String ABI = "/sys/kernel/rebootless/";

    private final Guest guest;

    private KernelGuest(Guest guest) {
        this.guest = guest;
    }

    /** Loads the module into a guest that has it. */
    public static KernelGuest load(Guest guest) {
        guest.sh("insmod " + ModuleBuild.MODULE);
        return new KernelGuest(guest);
    }

    /** Loads the module, trusts these publishers and seals. */
    public static KernelGuest sealed(Guest guest, int threshold, PublisherCertificate... publishers) {
        var kernel = load(guest);
        for (var publisher : publishers) {
            guest.push(publisher.der(), "/tmp/publisher.der");
            guest.sh("cat /tmp/publisher.der >%strust".formatted(ABI));
        }
        guest.sh("echo %d >%2$sthreshold && echo 1 >%2$ssealed".formatted(threshold, ABI));
        return kernel;
    }

    public Guest guest() {
        return guest;
    }

    /** Which kernel build runs there. */
    public KernelBuild build() {
        BuildId buildId = KernelNotes.buildId(guest.pull("/sys/kernel/notes")).orElseThrow();
        return new KernelBuild(guest.sh("uname -r"), guest.sh("uname -v"), guest.sh("uname -m"), buildId);
    }

    /** Writes a value to a file of the ABI; returns {@code last_error}. */
    public String write(String file, String value) {
        return guest.sh("echo '%s' 2>/dev/null >%2$s%3$s; cat %2$slast_error".formatted(value, ABI, file));
    }

    public String read(String file) {
        return guest.sh("cat " + ABI + file);
    }

    /** Stages a bundle and commands {@code upgrade}; returns {@code last_error}. */
    public String upgrade(byte[] bundle) {
        return apply(bundle, "upgrade");
    }

    /** Stages a bundle and commands {@code word}; returns {@code last_error}. */
    public String apply(byte[] bundle, String word) {
        guest.push(bundle, "/tmp/bundle.rlb");
        Result staged = guest.run("dd if=/tmp/bundle.rlb of=%sbundle bs=4096 conv=notrunc".formatted(ABI));
        return staged.exit() == 0 ? write("apply", word) : read("last_error");
    }

    /** Waits until every task runs the new code. */
    public void awaitTransition() {
        guest.sh("""
                for i in $(seq 600); do
                    grep -qs 1 /sys/kernel/livepatch/*/transition || exit 0
                    usleep 100000
                done
                exit 1""");
    }

    /** Disables whatever livepatch of ours is in force, waits, and unloads it. */
    public void revert() {
        guest.sh("""
                for patch in /sys/kernel/livepatch/*; do
                    [ -d "$patch" ] || continue
                    echo 0 >"$patch/enabled"
                    for i in $(seq 600); do [ -d "$patch" ] || break; usleep 100000; done
                done""");
        write("apply", "discard");
        write("apply", "clear");
    }

    /** What fix 1 of the samples changes. */
    public boolean showsFix1() {
        return guest.sh("cat /proc/version").contains("[rebootless fix 1]");
    }

    /** What fix 2 of the samples changes. */
    public boolean showsFix2() {
        return guest.sh("cat /proc/execdomains").contains("[rebootless fix 2]");
    }
}
