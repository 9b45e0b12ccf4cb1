package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.guest.Guest;
import io.rebootless.guest.Kernels;
import io.rebootless.guest.Machine;
import io.rebootless.guest.Result;
import io.rebootless.module.KernelGuest;
import io.rebootless.testing.TestBundles;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code preflight} says of real kernels. One host, ready at first, on which more and more gets in the way; then one
 * that was hardened on its command line.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PreflightSystemTest {
    private static final Duration COMMAND = Duration.ofMinutes(3);

    private static final String MOUNTS = """
            mount -t securityfs securityfs /sys/kernel/security
            mount -t debugfs debugfs /sys/kernel/debug
            mount -t tracefs tracefs /sys/kernel/tracing""";

    /** Where no systemd runs, and no server was named. */
    private static final Map<String, String> READY =
            Map.of("coverage", "not-asked", "server", "not-asked", "bundle", "not-asked", "systemd", "attention");

    @TempDir
    static Path folder;

    static ModuleBuild module;
    static Path agent;
    static Guest guest;

    private static int exit;

    @BeforeAll
    static void a_host_whose_module_is_loaded_and_sealed() {
        module = ModuleBuild.of(Kernels.orSkip("newest-6.1"));
        agent = Host.agentLayer(folder.resolve("agent.cpio"));
        guest = machine().boot();
        guest.sh("insmod " + KernelGuest.MODULE);
        guest.sh(ModuleBuild.SEAL);
        guest.sh(MOUNTS);
    }

    @AfterAll
    static void off() {
        if (guest != null) {
            guest.close();
        }
    }

    private static Machine machine() {
        Machine machine = module.machine().layer(agent).memory(1024);
        String release = module.kernel().release();
        machine.files()
                .file("/etc/rebootless/trust.d/alice.der", alice().certificate().der(), 0644)
                .file("/boot/config-" + release, module.kernel().vmlinuz().resolveSibling("config"));
        return machine;
    }

    /** What is not simply ready, by the check's name, with the words. */
    private static Map<String, String> preflight(String prefix, String options) {
        Result result = guest.run(prefix + " /usr/bin/rebootless-agent preflight --json " + options, COMMAND);
        exit = result.exit();
        assertThat(result.out()).as(result.toString()).startsWith("{");
        var found = new LinkedHashMap<String, String>();
        WireJson.mapper().readTree(result.out()).get("checks").forEach(check -> {
            String outcome = check.get("outcome").stringValue();
            if (!outcome.equals("ready")) {
                found.put(
                        check.get("check").stringValue(),
                        outcome + ": " + check.get("found").stringValue());
            }
        });
        return found;
    }

    private static void assertOutcomes(Map<String, String> found, Map<String, String> more) {
        var expected = new LinkedHashMap<>(READY);
        expected.putAll(more);
        var outcomes = new LinkedHashMap<String, String>();
        found.forEach((check, words) -> outcomes.put(check, words.substring(0, words.indexOf(':'))));
        assertThat(outcomes).as(found.toString()).containsExactlyInAnyOrderEntriesOf(expected);
    }

    @Test
    @Order(1)
    void a_host_that_is_ready_but_for_systemd_has_nothing_else_to_be_said_about() {
        guest.sh("touch /run/before");
        assertOutcomes(preflight("", ""), Map.of());
        assertThat(exit).isEqualTo(1);
        assertThat(guest.sh("find /boot /etc /lib /usr /var -newer /run/before"))
                .as("what was written")
                .isEmpty();
    }

    @Test
    @Order(2)
    @LongRunOnly
    void somebody_who_is_not_root_is_told_what_could_not_be_looked_at() {
        var found = preflight("/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups", "");
        assertOutcomes(found, Map.of("usermodehelper-limits", "unseen", "function-users", "unseen", "trust", "unseen"));
        assertThat(exit).isEqualTo(1);
        assertThat(found.get("trust")).contains("only root sees");
    }

    @Test
    @Order(3)
    @LongRunOnly
    void a_probe_on_a_function_that_a_bundle_replaces_is_named() throws IOException {
        guest.sh("echo 'p:watch execdomains_proc_show' >/sys/kernel/tracing/kprobe_events");
        guest.sh("echo 1 >/sys/kernel/tracing/events/kprobes/watch/enable");
        guest.push(bundle("version_proc_show", "execdomains_proc_show"), "/tmp/fix.rlb");
        var found = preflight("", "--bundle /tmp/fix.rlb");
        guest.sh("echo 0 >/sys/kernel/tracing/events/kprobes/watch/enable; echo >/sys/kernel/tracing/kprobe_events");
        assertThat(found.get("function-users")).startsWith("attention: the bundle replaces what is watched:");
        assertThat(found.get("function-users"))
                .contains("execdomains_proc_show")
                .doesNotContain("version_proc_show");
        assertThat(found).doesNotContainKey("bundle");
    }

    @Test
    @Order(4)
    void a_livepatch_that_is_not_ours_is_named_and_is_nobody_elses_hand_on_the_function() {
        guest.push(module.sample(1), "/tmp/foreign.ko");
        guest.sh("insmod /tmp/foreign.ko");
        assertThat(guest.sh("cat /sys/kernel/tracing/enabled_functions")).contains("version_proc_show");
        var found = preflight("", "");
        assertThat(exit).isEqualTo(2);
        assertOutcomes(found, Map.of("foreign-livepatches", "blocked"));
        assertThat(found.get("foreign-livepatches")).contains("rebootless_sample_1");
    }

    @Test
    @Order(5)
    void what_is_taken_from_a_running_kernel_is_named_one_by_one() {
        guest.sh("echo 4294901759 511 >/proc/sys/kernel/usermodehelper/bset");
        guest.sh("echo 1 >/proc/sys/kernel/modules_disabled");
        guest.sh("echo integrity >/sys/kernel/security/lockdown");
        var found = preflight("", "");
        assertThat(exit).isEqualTo(2);
        assertOutcomes(
                found,
                Map.of(
                        "foreign-livepatches", "blocked",
                        "usermodehelper-limits", "blocked",
                        "modules-disabled", "blocked",
                        "lockdown", "blocked"));
        assertThat(found.get("lockdown")).contains("integrity", "rebootless.ko has no module signature");
        String text = guest.run("/usr/bin/rebootless-agent preflight", COMMAND).out();
        assertThat(text).contains("✗ modules-disabled", "    → Take the setting out", "4 in the way (✗)");
    }

    @Test
    @Order(6)
    void a_host_hardened_on_its_command_line_refuses_the_unsigned_module_that_is_installed() {
        guest.close();
        Machine machine = machine().arguments("module.sig_enforce=1", "lockdown=confidentiality");
        String modules = "/lib/modules/%s/".formatted(module.kernel().release());
        machine.files()
                .file(modules + "updates/rebootless.ko", module.module())
                .file(modules + "modules.dep", "updates/rebootless.ko:\n");
        guest = machine.boot();
        guest.sh("mount -t securityfs securityfs /sys/kernel/security");
        assertThat(guest.run("insmod " + KernelGuest.MODULE).exit()).isNotZero();
        var found = preflight("", "");
        assertThat(exit).isEqualTo(2);
        assertOutcomes(
                found, Map.of("module-signatures", "blocked", "lockdown", "blocked", "function-users", "unseen"));
        assertThat(found.get("module-signatures")).contains("module.sig_enforce=1");
        assertThat(found.get("lockdown")).contains("confidentiality");
    }

    private static byte[] bundle(String... functions) throws IOException {
        var plain = TestBundles.manifest(2, "CVE-2026-0001");
        var manifest = new Manifest(
                plain.publication(),
                plain.title(),
                plain.created(),
                plain.cves(),
                Optional.empty(),
                List.of(functions),
                Optional.empty(),
                List.of());
        return TestBundles.signed(
                KernelGuest.of(guest).build(),
                "rebootless_sample_2",
                2,
                0,
                ManifestCodec.encode(manifest),
                Files.readAllBytes(module.sample(2)),
                alice());
    }
}
