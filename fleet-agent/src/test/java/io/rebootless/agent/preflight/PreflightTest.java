package io.rebootless.agent.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.agent.kernel.LivepatchKernel;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.settings.SettingsException;
import io.rebootless.agent.settings.SettingsFile;
import io.rebootless.agent.testing.FakeRoot;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.BuildCoverage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each thing that preflight looks at, as a host shows it. */
class PreflightTest {
    private static final String RELEASE = TestBundles.KERNEL.release();
    private static final String MODULES = "lib/modules/" + RELEASE + "/";

    @TempDir
    private Path directory;

    private FakeRoot root;
    private Optional<Preflight.Server> server =
            Optional.of(build -> new BuildCoverage(1, BuildCoverage.Coverage.COVERED, 3L));
    private String loader = "module";
    private Optional<Path> ca = Optional.empty();
    private Optional<Path> bundle = Optional.empty();
    private Instant now = Instant.parse("2026-11-28T12:00:00Z");

    /** Ready, but for the runtime: tests do not run on the packaged one. */
    @BeforeEach
    void aReadyHost() throws IOException {
        root = FakeRoot.in(directory);
        root.file("proc/sys/kernel/modules_disabled", "0");
        root.file("proc/sys/kernel/usermodehelper/bset", "4294967295\t511");
        root.file("sys/kernel/livepatch/.keep", "");
        Files.delete(root.sysfs().resolve("kernel/livepatch/.keep"));
        root.file("sys/kernel/security/lsm", "lockdown,capability,landlock,yama,apparmor");
        root.file("sys/kernel/security/lockdown", "[none] integrity confidentiality");
        root.file("sys/module/module/parameters/sig_enforce", "N");
        root.file("sys/kernel/tracing/enabled_functions", "");
        root.file("sys/kernel/debug/kprobes/list", "");
        root.file("boot/config-" + RELEASE, """
                CONFIG_LIVEPATCH=y
                CONFIG_SYSTEM_DATA_VERIFICATION=y
                CONFIG_SYMBOLIC_ERRNAME=y
                # CONFIG_STATIC_USERMODEHELPER is not set""");
        root.file("run/systemd/system/.keep", "");
        loader();
        settings();
    }

    private Path loader() throws IOException {
        root.file("usr/lib/rebootless/rebootless-load", "ELF");
        Path loader = directory.resolve("usr/lib/rebootless/rebootless-load");
        assertThat(loader.toFile().setExecutable(true)).isTrue();
        return loader;
    }

    private LivepatchKernel livepatches() {
        return LivepatchKernel.by(settings());
    }

    private Settings settings() {
        try {
            return new SettingsFile(root.settings(
                            "loader=" + loader, "runtime.directory=" + directory.resolve("run/rebootless")))
                    .read();
        } catch (IOException | SettingsException e) {
            throw new IllegalStateException(e);
        }
    }

    private Report look() {
        return new Preflight(
                        new HostFiles(directory, root.proc(), root.sysfs()),
                        livepatches(),
                        directory.resolve("trust.d"),
                        root.state(),
                        server,
                        ca,
                        bundle,
                        () -> now,
                        () -> 0)
                .look();
    }

    private Finding finding(String check) {
        return look().checks().stream()
                .filter(one -> one.check().equals(check))
                .findFirst()
                .orElseThrow();
    }

    private void expect(String check, Outcome outcome, String... words) {
        var finding = finding(check);
        assertThat(finding.outcome()).as(finding.toString()).isEqualTo(outcome);
        String said = finding.found() + " " + finding.remedy().orElse("");
        assertThat(List.of(words)).allSatisfy(word -> assertThat(said).contains(word));
        assertThat(finding.remedy().isPresent())
                .as("a remedy where one is needed: %s", finding)
                .isEqualTo(outcome != Outcome.READY && outcome != Outcome.NOT_ASKED);
    }

    private void notLoaded() throws IOException {
        remove(root.sysfs().resolve("kernel/rebootless"));
    }

    private static void remove(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What is there but cannot be read; root, who runs tests in places, may read every file. */
    private void unreadable(String file) throws IOException {
        Path path = directory.resolve(file);
        Files.deleteIfExists(path);
        Files.createDirectories(path);
    }

    @Test
    void aReadyHostHasNothingInTheWay() {
        var report = look();
        assertThat(report.checks())
                .filteredOn(one -> one.outcome() != Outcome.READY)
                .extracting(Finding::check)
                .as(report.text())
                .containsExactly("bundle", "java-runtime");
        assertThat(report.verdict()).isEqualTo(Report.Verdict.ATTENTION);
        assertThat(report.text())
                .contains("✓ kernel-build", "! java-runtime", "    → Install the agent's package")
                .endsWith("attention: this host can be patched, as far as can be told; 1 to be looked into (!)");
        assertThat(report.json())
                .contains("\"version\" : 1", "\"verdict\" : \"attention\"", "\"check\" : \"modules-disabled\"")
                .contains("\"outcome\" : \"ready\"", "\"release\" : \"" + RELEASE + "\"");
    }

    @Test
    void lookingChangesNothing() throws IOException {
        List<Path> before;
        try (var files = Files.walk(directory)) {
            before = files.sorted().toList();
        }
        look();
        try (var files = Files.walk(directory)) {
            assertThat(files.sorted().toList()).isEqualTo(before);
        }
    }

    @Test
    void aKernelWithoutBuildIdOrTooOldOrOfAnotherMachineCannotBePatched() throws IOException {
        root.file("proc/sys/kernel/osrelease", "4.19.0-27-amd64");
        expect("kernel-build", Outcome.BLOCKED, "older than 5.10");
        root.file("proc/sys/kernel/osrelease", RELEASE);
        root.file("proc/sys/kernel/arch", "aarch64");
        expect("architecture", Outcome.ATTENTION, "never tried");
        root.file("proc/sys/kernel/arch", "i686");
        expect("architecture", Outcome.BLOCKED, "no livepatching");
        Files.write(root.sysfs().resolve("kernel/notes"), new byte[4]);
        expect("kernel-build", Outcome.BLOCKED, "no GNU build-id");
        expect("coverage", Outcome.UNSEEN);
        assertThat(look().verdict()).isEqualTo(Report.Verdict.BLOCKED);
        assertThat(look().text()).contains("✗ kernel-build").contains("blocked: as it is, this host cannot be patched");
    }

    @Test
    void theConfigurationIsReadWhereverItIs() throws IOException {
        Files.delete(directory.resolve("boot/config-" + RELEASE));
        expect("static-usermodehelper", Outcome.UNSEEN, "none of the usual places");
        root.file(MODULES + "build/.config", "CONFIG_STATIC_USERMODEHELPER=y");
        expect("static-usermodehelper", Outcome.BLOCKED, MODULES + "build/.config", "loader-missing");
        try (OutputStream zipped =
                new GZIPOutputStream(Files.newOutputStream(root.proc().resolve("config.gz")))) {
            zipped.write("CONFIG_LIVEPATCH=y\n".getBytes(StandardCharsets.US_ASCII));
        }
        expect("static-usermodehelper", Outcome.READY, "/proc/config.gz");
    }

    @Test
    void optionsThatTheModuleNeedsAreProvenByTheModuleItselfElseByTheConfiguration() throws IOException {
        root.file("boot/config-" + RELEASE, "CONFIG_MODULES=y");
        expect("livepatching", Outcome.READY, "/sys/kernel/livepatch is there");
        expect("signature-support", Outcome.READY, "is loaded");
        notLoaded();
        expect("signature-support", Outcome.BLOCKED, "CONFIG_SYSTEM_DATA_VERIFICATION is not set");
        expect("errno-names", Outcome.BLOCKED, "CONFIG_SYMBOLIC_ERRNAME is not set");
        Files.delete(root.sysfs().resolve("kernel/livepatch"));
        expect("livepatching", Outcome.BLOCKED, "CONFIG_LIVEPATCH is not set");
        Files.delete(directory.resolve("boot/config-" + RELEASE));
        expect("livepatching", Outcome.BLOCKED, "/sys/kernel/livepatch is not there");
        expect("signature-support", Outcome.UNSEEN);
    }

    @Test
    void modulesThatAreDisabledStayDisabledUntilTheNextBoot() throws IOException {
        root.file("proc/sys/kernel/modules_disabled", "1");
        expect("modules-disabled", Outcome.BLOCKED, "kernel.modules_disabled=1", "reboot");
        Files.delete(root.proc().resolve("sys/kernel/modules_disabled"));
        expect("modules-disabled", Outcome.BLOCKED, "CONFIG_MODULES");
    }

    @Test
    void theBoundingSetOfUsermodeHelpersNeedsBit16() throws IOException {
        root.file("proc/sys/kernel/usermodehelper/bset", "4294901759\t511");
        expect("usermodehelper-limits", Outcome.BLOCKED, "bit 16");
        unreadable("proc/sys/kernel/usermodehelper/bset");
        expect("usermodehelper-limits", Outcome.UNSEEN, "Run preflight as root");
        assertThat(look().text()).contains("? usermodehelper-limits", "1 could not be looked at (?)");
    }

    @Test
    void whereOnlySignedModulesAreLoadedAnUnsignedOneIsInTheWay() throws IOException {
        root.file("sys/module/module/parameters/sig_enforce", "Y");
        root.file("sys/kernel/security/lockdown", "none [integrity] confidentiality");
        for (String check : List.of("module-signatures", "lockdown")) {
            expect(check, Outcome.ATTENTION, "livepatches need one too", "mokutil --import");
        }
        root.file("sys/module/rebootless/taint", "OE");
        expect("lockdown", Outcome.BLOCKED, "rebootless.ko has no module signature that counts");
        notLoaded();
        root.file(MODULES + "modules.dep", "updates/rebootless.ko:");
        root.file(MODULES + "updates/rebootless.ko", "ELF");
        for (String check : List.of("module-signatures", "lockdown")) {
            expect(check, Outcome.BLOCKED, "rebootless.ko has no module signature that counts");
        }
        root.file(MODULES + "updates/rebootless.ko", "ELF ~Module signature appended~");
        expect("lockdown", Outcome.ATTENTION, "lockdown is at \"integrity\"");
        root.file(MODULES + "modules.dep", "updates/rebootless.ko.xz:");
        expect("lockdown", Outcome.ATTENTION, "only signed modules");
    }

    @Test
    void secureBootIsReadFromTheFirmware() throws IOException {
        String variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
        expect("secure-boot", Outcome.READY, "not booted by EFI");
        Files.createDirectories(directory.resolve(variable).getParent());
        expect("secure-boot", Outcome.UNSEEN, "efivarfs is not mounted");
        Files.write(directory.resolve(variable), new byte[] {6, 0, 0, 0, 0});
        expect("secure-boot", Outcome.READY, "off");
        Files.write(directory.resolve(variable), new byte[] {6, 0, 0, 0, 1});
        expect("secure-boot", Outcome.ATTENTION, "mokutil --import");
    }

    @Test
    void whatSecurityfsWouldSayIsNotGuessedWhereItIsNotMounted() throws IOException {
        Files.delete(root.sysfs().resolve("kernel/security/lsm"));
        Files.delete(root.sysfs().resolve("kernel/security/lockdown"));
        for (String check : List.of("lockdown", "ima-appraisal", "loadpin", "ipe")) {
            expect(check, Outcome.UNSEEN, "mount -t securityfs");
        }
        Files.delete(root.sysfs().resolve("kernel/security"));
        for (String check : List.of("lockdown", "loadpin", "ipe")) {
            expect(check, Outcome.READY);
        }
    }

    @Test
    void selinuxNeedsOurRuleWhenItEnforces() throws IOException {
        root.file("sys/fs/selinux/enforce", "0");
        expect("selinux", Outcome.READY, "permissive");
        root.file("sys/fs/selinux/enforce", "1");
        expect("selinux", Outcome.ATTENTION, "semodule -i");
        root.file("var/lib/selinux/default/active/modules/400/rebootless/cil", "");
        expect("selinux", Outcome.READY, "is installed");
    }

    @Test
    void anImaPolicyThatAppraisesModulesIsInTheWayUnlessSysfsIsExemptBefore() throws IOException {
        root.file("sys/kernel/security/ima/violations", "0");
        expect("ima-appraisal", Outcome.READY);
        root.file("proc/cmdline", "quiet ima_policy=tcb ima_policy=secure_boot");
        expect("ima-appraisal", Outcome.BLOCKED, "ima_policy=secure_boot", "fsmagic=0x62656572");
        String rule = "appraise func=MODULE_CHECK appraise_type=imasig\n";
        String exempt = "dont_appraise func=MODULE_CHECK fsmagic=0x62656572\n";
        root.file("etc/ima/ima-policy", "measure func=MODULE_CHECK\nappraise func=BPRM_CHECK\n" + rule);
        expect("ima-appraisal", Outcome.BLOCKED, "/etc/ima/ima-policy");
        root.file("sys/kernel/security/ima/policy", "dont_appraise fsmagic=0x9fa0\n" + exempt + rule);
        expect("ima-appraisal", Outcome.READY, "exempts sysfs");
        root.file("sys/kernel/security/ima/policy", "dont_appraise fsmagic=0x9fa0\n" + rule + exempt);
        expect("ima-appraisal", Outcome.BLOCKED, "the policy in force");
        root.file("sys/kernel/security/ima/policy", "appraise func=KEXEC_KERNEL_CHECK");
        expect("ima-appraisal", Outcome.READY, "does not appraise modules");
        root.file("proc/cmdline", "ima_appraise=log");
        expect("ima-appraisal", Outcome.READY, "ima_appraise=log");
    }

    @Test
    void loadPinAndIpeAreInTheWayWhereTheyEnforce() throws IOException {
        root.file("sys/kernel/security/lsm", "capability,loadpin,ipe");
        expect("loadpin", Outcome.BLOCKED, "pinned file system");
        expect("ipe", Outcome.READY);
        root.file("proc/cmdline", "loadpin.enforce=0");
        expect("loadpin", Outcome.READY);
        root.file("proc/sys/kernel/loadpin/enforce", "1");
        expect("loadpin", Outcome.BLOCKED);
        root.file("sys/kernel/security/ipe/enforce", "1");
        root.file("sys/kernel/security/ipe/policies/boot/active", "1");
        root.file("sys/kernel/security/ipe/policies/boot/policy", "policy_name=boot\nDEFAULT action=DENY");
        expect("ipe", Outcome.ATTENTION, "the policy boot");
        root.file("sys/kernel/security/ipe/enforce", "0");
        expect("ipe", Outcome.READY, "permissive");
    }

    @Test
    void theModuleIsLoadedOrInstalledOrCanBeBuilt() throws IOException {
        notLoaded();
        expect("module", Outcome.BLOCKED, "linux-headers-" + RELEASE, "gcc and make", "dkms", "make module-package");
        root.file(MODULES + "build/Makefile", "");
        for (String program : List.of("usr/bin/gcc", "usr/bin/make", "usr/sbin/dkms")) {
            root.file(program, "");
            assertThat(directory.resolve(program).toFile().setExecutable(true)).isTrue();
        }
        expect("module", Outcome.ATTENTION, "can be built here", "rebootless-dkms");
        root.file(MODULES + "updates/dkms/rebootless.ko.xz", "");
        expect("module", Outcome.ATTENTION, "depmod " + RELEASE);
        root.file(MODULES + "modules.dep", "kernel/a.ko: kernel/b.ko\nupdates/dkms/rebootless.ko.xz:");
        expect("module", Outcome.READY, "/updates/dkms/rebootless.ko.xz");
        root.module("level", "0");
        expect("module", Outcome.READY, "is loaded");
    }

    @Test
    void theLoaderIsThereExecutableAndRootsAlone() throws IOException {
        Path loader = directory.resolve("usr/lib/rebootless/rebootless-load");
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(loader, "unix:uid"));
        expect("loader", root ? Outcome.READY : Outcome.BLOCKED);
        assertThat(loader.toFile().setWritable(true, false)).isTrue();
        expect("loader", Outcome.BLOCKED, "others than root");
        Files.delete(loader);
        expect("loader", Outcome.BLOCKED, "loader-missing");
        notLoaded();
        expect("loader", Outcome.ATTENTION, "comes with the module");
        this.root.file("sys/module/rebootless/parameters/loader", "/opt/load");
        expect("loader", Outcome.ATTENTION, "/opt/load");
    }

    @Test
    void anAgentThatLoadsLivepatchesItselfNeedsInsmodAndTheCapabilityButNoModule() throws IOException {
        loader = "direct";
        notLoaded();
        Files.delete(directory.resolve("usr/lib/rebootless/rebootless-load"));
        root.file("boot/config-" + RELEASE, "CONFIG_STATIC_USERMODEHELPER=y");
        for (String check : List.of(
                "signature-support", "errno-names", "static-usermodehelper", "usermodehelper-limits", "module")) {
            expect(check, Outcome.READY, "not needed");
        }
        expect("trust", Outcome.READY, "nothing seals them");
        expect("loader", Outcome.BLOCKED, "/usr/sbin/insmod", "loader-missing", "apt install kmod");
        root.file("sbin/insmod", "ELF");
        assertThat(directory.resolve("sbin/insmod").toFile().setExecutable(true))
                .isTrue();
        boolean owned = Integer.valueOf(0).equals(Files.getAttribute(directory.resolve("sbin/insmod"), "unix:uid"));
        expect("loader", owned ? Outcome.READY : Outcome.BLOCKED, "/sbin/insmod");

        expect("module-capability", Outcome.ATTENTION, "takes CAP_SYS_MODULE from the agent", "loader-direct.conf");
        root.file(
                "etc/systemd/system/rebootless-agent.service.d/loader-direct.conf",
                "[Service]\nCapabilityBoundingSet=CAP_SYS_MODULE");
        expect("module-capability", Outcome.READY);
        root.file("proc/self/status", "Name:\tjava\nCapBnd:\t00000000a80425fb\nSeccomp:\t0");
        expect("module-capability", Outcome.BLOCKED, "not in a container");
        root.file("proc/self/status", "Name:\tjava\nCapBnd:\t000001ffffffffff\nSeccomp:\t0");
        expect("module-capability", Outcome.READY);
    }

    @Test
    void whatHardenedKernelsRefuseThenIsAFileOnTmpfs() throws IOException {
        loader = "direct";
        root.file("proc/sys/kernel/modules_disabled", "1");
        expect("modules-disabled", Outcome.BLOCKED);
        root.file("sys/module/module/parameters/sig_enforce", "Y");
        expect("module-signatures", Outcome.ATTENTION, "livepatches need a signature");
        root.file("sys/fs/selinux/enforce", "1");
        root.file("var/lib/selinux/default/active/modules/400/rebootless/cil", "");
        expect("selinux", Outcome.ATTENTION, "from tmpfs");
        root.file("sys/kernel/security/lsm", "capability,loadpin");
        expect("loadpin", Outcome.BLOCKED, "come from tmpfs");
        root.file("sys/kernel/security/ima/violations", "0");
        String rule = "appraise func=MODULE_CHECK appraise_type=imasig\n";
        root.file("etc/ima/ima-policy", "dont_appraise func=MODULE_CHECK fsmagic=0x62656572\n" + rule);
        expect("ima-appraisal", Outcome.BLOCKED, "modules in tmpfs", "loader = module");
        root.file("etc/ima/ima-policy", "dont_appraise fsmagic=0x01021994\n" + rule);
        expect("ima-appraisal", Outcome.READY, "exempts tmpfs");
    }

    @Test
    void trustIsNamedSealedAndUndamaged() throws IOException {
        expect("trust", Outcome.READY, "1 publisher in", "sealed");
        root.module("sealed", "0");
        expect("trust", Outcome.ATTENTION, "systemctl restart rebootless-trust");
        root.trust("bad.pem", "nonsense".getBytes(StandardCharsets.US_ASCII));
        expect("trust", Outcome.BLOCKED, "bad.pem", "nothing is verified");
        Files.delete(directory.resolve("trust.d/bad.pem"));
        Files.delete(directory.resolve("trust.d/alice.der"));
        expect("trust", Outcome.ATTENTION, "no publisher's certificate yet");
    }

    @Test
    void livepatchesThatAreNotOursAreInTheWay() throws IOException {
        root.livepatch("fix_1", true, false);
        root.module("patch", "fix_1");
        expect("foreign-livepatches", Outcome.READY);
        root.livepatch("kpatch_5", true, false);
        expect("foreign-livepatches", Outcome.BLOCKED, "kpatch_5", "echo 0 >");
        root.module("patch", "kpatch_5");
        remove(root.sysfs().resolve("kernel/livepatch/fix_1"));
        root.file("sys/module/kcare/taint", "");
        expect("foreign-livepatches", Outcome.ATTENTION, "kcare");
    }

    @Test
    void spaceAndClockAndSystemd() throws IOException {
        expect("disk", Outcome.READY, "MiB free");
        now = Instant.parse("1970-01-01T00:01:00Z");
        expect("clock", Outcome.ATTENTION, "this kernel was built in 20");
        Files.delete(directory.resolve("run/systemd/system/.keep"));
        Files.delete(directory.resolve("run/systemd/system"));
        expect("systemd", Outcome.ATTENTION, "setpriv --bounding-set=-sys_module");
        loader = "direct";
        expect("systemd", Outcome.ATTENTION, "as root with CAP_SYS_MODULE");
    }

    @Test
    void theKillSwitchIsNamed() throws IOException {
        root.file("proc/cmdline", "quiet rebootless=off");
        expect("kernel-argument", Outcome.ATTENTION, "rebootless=off");
    }

    @Test
    void withoutAServerNothingIsAskedOfOne() {
        server = Optional.empty();
        expect("server", Outcome.NOT_ASKED, "--server");
        expect("coverage", Outcome.NOT_ASKED);
    }
}
