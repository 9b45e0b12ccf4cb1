package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.module.KernelGuest;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/** Who may read and write which file of the ABI: root, root without CAP_SYS_MODULE, and anybody else. */
@KernelScenarios
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WhoMayWriteTest {
    @Parameter
    DebianKernel debian;

    private static final String ROOT = "sh -c ";
    private static final String INCAPABLE = "/usr/bin/setpriv --bounding-set=-sys_module --inh-caps=-sys_module sh -c ";
    private static final String NOBODY = "/usr/bin/setpriv --reuid=65534 --regid=65534 --clear-groups sh -c ";

    private static final Map<String, String> MODES = Map.of(
            "trust", "200",
            "threshold", "600",
            "sealed", "600",
            "trust_level", "444",
            "bundle", "200",
            "apply", "200",
            "floor", "600",
            "level", "444",
            "patch", "444",
            "keys", "444");

    private ModuleBuild module;
    private KernelGuest kernel;

    @BeforeParameterizedClassInvocation
    void boot() {
        module = ModuleBuild.of(debian);
        var machine = module.machine();
        machine.files().program(Path.of("/usr/bin/setpriv"));
        kernel = KernelGuest.load(machine.boot());
        kernel.guest().push(alice().certificate().der(), "/tmp/alice.der");
        kernel.guest().sh("chmod 644 /tmp/alice.der");
    }

    @AfterParameterizedClassInvocation
    void off() {
        try {
            kernel.assertHealthy();
        } finally {
            kernel.guest().close();
        }
    }

    @Test
    @Order(1)
    void every_file_belongs_to_root_and_has_the_mode_of_the_ABI() {
        var softly = new SoftAssertions();
        MODES.forEach(
                (file, mode) -> softly.assertThat(kernel.guest().sh("stat -c '%a %u:%g' " + KernelGuest.ABI + file))
                        .as(file)
                        .isEqualTo(mode + " 0:0"));
        softly.assertThat(kernel.guest().sh("ls " + KernelGuest.ABI).lines())
                .as("no file that the table does not name")
                .filteredOn(file -> !file.equals("last_error"))
                .containsExactlyInAnyOrderElementsOf(MODES.keySet());
        softly.assertAll();
    }

    @Test
    @Order(2)
    void somebody_else_can_write_nothing_and_read_what_is_for_all() {
        var softly = new SoftAssertions();
        MODES.forEach((file, mode) -> {
            softly.assertThat(succeeds(NOBODY, "echo 1 >" + KernelGuest.ABI + file))
                    .as("writing " + file)
                    .isFalse();
            softly.assertThat(succeeds(NOBODY, "cat " + KernelGuest.ABI + file))
                    .as("reading " + file)
                    .isEqualTo(mode.equals("444"));
        });
        softly.assertAll();
    }

    @Test
    @Order(3)
    void root_without_the_capability_can_neither_extend_trust_nor_seal() {
        for (String attempt : new String[] {
            "cat /tmp/alice.der >/sys/kernel/rebootless/trust",
            "echo 1 >/sys/kernel/rebootless/threshold",
            "echo 1 >/sys/kernel/rebootless/sealed"
        }) {
            assertThat(succeeds(INCAPABLE, attempt)).as(attempt).isFalse();
            assertThat(kernel.read("last_error")).as(attempt).startsWith("EPERM not-capable:");
        }
        assertThat(kernel.read("keys")).isEmpty();
        assertThat(kernel.read("sealed")).isEqualTo("0");
    }

    @Test
    @Order(4)
    void before_sealing_nothing_is_applied_whoever_asks() {
        assertThat(kernel.upgrade(new SampleBundles(module, kernel.build()).level(1, alice())))
                .startsWith("EPERM not-sealed:");
        for (String word : new String[] {"downgrade", "trust", "clear"}) {
            assertThat(kernel.write("apply", word)).as(word).startsWith("EPERM not-sealed:");
        }
        assertThat(kernel.write("sealed", "1")).startsWith("ENOKEY not-enough-keys:");
    }

    @Test
    @Order(5)
    void the_module_can_be_unloaded_until_something_is_staged() {
        assertThat(kernel.write("apply", "discard")).isEqualTo("ok");
        kernel.guest().sh("rmmod rebootless && insmod " + KernelGuest.MODULE);
        kernel.guest().sh("echo something >/sys/kernel/rebootless/bundle");
        assertThat(kernel.guest().run("rmmod rebootless").exit()).isNotZero();
        assertThat(kernel.write("apply", "discard")).isEqualTo("ok");
        kernel.guest().sh("rmmod rebootless && insmod " + KernelGuest.MODULE);
    }

    @Test
    @Order(6)
    void root_with_the_capability_adds_trust_and_seals_it() {
        assertThat(succeeds(ROOT, "cat /tmp/alice.der >/sys/kernel/rebootless/trust"))
                .isTrue();
        assertThat(succeeds(ROOT, "echo 1 >/sys/kernel/rebootless/threshold")).isTrue();
        assertThat(succeeds(ROOT, "echo 1 >/sys/kernel/rebootless/sealed")).isTrue();
        assertThat(kernel.read("keys"))
                .isEqualTo(alice().certificate().fingerprint().hex());
    }

    @Test
    @Order(7)
    void sealed_nothing_but_a_trust_bundle_changes_it_not_even_the_capability() {
        assertThat(succeeds(ROOT, "cat /tmp/alice.der >/sys/kernel/rebootless/trust"))
                .isFalse();
        assertThat(kernel.read("last_error")).startsWith("EBUSY sealed:");
        assertThat(kernel.write("threshold", "2")).startsWith("EBUSY sealed:");
        assertThat(kernel.write("sealed", "0")).startsWith("EINVAL bad-value:");
        assertThat(kernel.write("sealed", "1")).isEqualTo("ok");
        assertThat(kernel.guest().run("rmmod rebootless").exit()).isNotZero();
    }

    @Test
    @Order(8)
    void root_without_the_capability_can_stage_apply_and_raise_the_floor() {
        kernel.guest().push(new SampleBundles(module, kernel.build()).level(1, alice()), "/tmp/bundle.rlb");
        assertThat(succeeds(
                        INCAPABLE,
                        "cat /tmp/bundle.rlb >/sys/kernel/rebootless/bundle"
                                + " && echo upgrade >/sys/kernel/rebootless/apply"
                                + " && echo 1 >/sys/kernel/rebootless/floor"))
                .isTrue();
        assertThat(kernel.read("level")).isEqualTo("1");
        kernel.guest().push(module.sample(2), "/tmp/other.ko");
        assertThat(succeeds(INCAPABLE, "insmod /tmp/other.ko")).isFalse();
    }

    private boolean succeeds(String who, String script) {
        return kernel.guest().run(who + "'" + script + "' >/dev/null 2>&1").exit() == 0;
    }
}
