package io.rebootless.product;

import static io.rebootless.product.SampleFixes.showsFix1;
import static io.rebootless.product.SampleFixes.showsFix2;
import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Guest;
import io.rebootless.guest.HostCommand;
import io.rebootless.guest.Repository;
import io.rebootless.module.KernelGuest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/**
 * Kernels on which something else has a say about loading modules: what {@code docs/security.md} says an operator sees.
 * Whatever it is, the host stays at the level where it was.
 */
@KernelScenarios
class HardenedKernelTest {
    private static final String SECURITY = "mount -t securityfs securityfs /sys/kernel/security && ";

    @Parameter
    DebianKernel debian;

    @TempDir
    Path folder;

    private Guest guest;
    private KernelGuest kernel;
    private SampleBundles samples;

    @AfterEach
    void off() {
        if (guest != null) {
            guest.close();
            guest = null;
        }
    }

    @Test
    void locked_down_it_refuses_a_livepatch_without_a_module_signature_of_its_own() {
        assumeThat(debian.hasOption("CONFIG_SECURITY_LOCKDOWN_LSM=y"))
                .as("a kernel that can be locked down")
                .isTrue();
        level1InForce();
        guest.sh(SECURITY + "echo integrity >/sys/kernel/security/lockdown");
        assertThat(kernel.upgrade(samples.level(2, alice()))).startsWith("EPERM loader-failed:");
        staysAtLevel1();
        assertThat(guest.sh("dmesg")).contains("Lockdown: rebootless-load: unsigned module loading is restricted");
    }

    @Test
    void an_IMA_policy_that_appraises_modules_refuses_the_image() {
        assumeThat(debian.hasOption("CONFIG_IMA_APPRAISE=y"))
                .as("a kernel that appraises")
                .isTrue();
        level1InForce();
        guest.sh(SECURITY + "echo 'appraise func=MODULE_CHECK appraise_type=imasig' >/sys/kernel/security/ima/policy");
        assertThat(kernel.upgrade(samples.level(2, alice()))).startsWith("EACCES loader-failed:");
        staysAtLevel1();
    }

    @Test
    void SELinux_refuses_the_image_unless_our_rule_is_in_its_policy() throws IOException {
        assumeThat(debian.hasOption("CONFIG_SECURITY_SELINUX=y"))
                .as("a kernel with SELinux")
                .isTrue();
        level1InForce("security=selinux", "selinux=1", "enforcing=1");
        guest.sh("mount -t selinuxfs selinuxfs /sys/fs/selinux");

        load(policy());
        assertThat(kernel.upgrade(samples.level(2, alice()))).startsWith("EACCES loader-failed:");
        staysAtLevel1();
        assertThat(guest.sh("dmesg")).containsPattern("avc: +denied +\\{ module_load \\}.*comm=\"rebootless-load\"");

        load(policy(Repository.root().resolve("kernel-module/packaging/selinux/rebootless.cil")));
        assertThat(kernel.upgrade(samples.level(2, alice()))).isEqualTo("ok");
        assertThat(kernel.read("level")).isEqualTo("2");
    }

    private void level1InForce(String... arguments) {
        var module = ModuleBuild.of(debian);
        guest = module.machine().arguments(arguments).boot();
        kernel = KernelGuest.sealed(guest, 1, alice().certificate());
        samples = new SampleBundles(module, kernel.build());
        assertThat(kernel.upgrade(samples.level(1, alice()))).isEqualTo("ok");
        kernel.awaitTransition();
    }

    private void staysAtLevel1() {
        assertThat(kernel.read("level")).isEqualTo("1");
        assertThat(showsFix1(kernel)).isTrue();
        assertThat(showsFix2(kernel)).isFalse();
        kernel.assertHealthy();
    }

    /** The smallest policy there is, and these rules. */
    private byte[] policy(Path... rules) throws IOException {
        Path compiled = folder.resolve("policy");
        Path minimal = folder.resolve("minimal.cil");
        Files.write(
                minimal,
                HardenedKernelTest.class.getResourceAsStream("/minimal.cil").readAllBytes());
        var words =
                new ArrayList<>(List.of("/usr/bin/secilc", "-c", "30", "-f", "/dev/null", "-o", compiled.toString()));
        words.add(minimal.toString());
        for (Path rule : rules) {
            words.add(rule.toString());
        }
        HostCommand.output(Duration.ofMinutes(1), words);
        return Files.readAllBytes(compiled);
    }

    /** In one write, as the kernel wants it. */
    private void load(byte[] policy) {
        guest.push(policy, "/tmp/policy");
        guest.sh("dd if=/tmp/policy of=/sys/fs/selinux/load bs=1M 2>/dev/null");
        assertThat(guest.sh("cat /sys/fs/selinux/enforce")).isEqualTo("1");
    }
}
