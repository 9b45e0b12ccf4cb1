package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.Job;
import io.rebootless.module.KernelGuest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;

/**
 * Several writers, signals and unloading in the middle. The loader is a script that dawdles while a file is there, so that
 * "in the middle" lasts.
 */
@KernelScenarios
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ConcurrentWritersTest {
    @Parameter
    DebianKernel debian;

    private static final Duration SOON = Duration.ofMinutes(3);
    private static final String DAWDLE = "/tmp/dawdle";

    private SealedGuest host;
    private KernelGuest kernel;

    @BeforeParameterizedClassInvocation
    void boot() {
        host = SealedGuest.boot(debian);
        kernel = host.kernel();
        host.guest().sh("mv %s /tmp/real-loader".formatted(KernelGuest.LOADER));
        host.guest().push("""
                #!/bin/sh
                touch /tmp/loading
                while [ -e %s ]; do usleep 20000; done
                exec /tmp/real-loader "$@"
                """.formatted(DAWDLE).getBytes(StandardCharsets.US_ASCII), KernelGuest.LOADER);
        host.guest().sh("chmod 755 " + KernelGuest.LOADER);
    }

    @AfterParameterizedClassInvocation
    void off() {
        host.close();
    }

    @BeforeEach
    void nothing_in_force() {
        host.guest().sh("rm -f %s /tmp/loading".formatted(DAWDLE));
        kernel.revert();
        assertThat(kernel.read("level")).isEqualTo("0");
    }

    @Test
    void two_writers_at_once_never_make_one_bundle_of_two() {
        host.guest().push(host.samples().level(1, alice()), "/tmp/one.rlb");
        host.guest().push(host.samples().level(2, alice()), "/tmp/two.rlb");
        String verdicts = host.guest().sh("""
                write() {
                    for i in $(seq 40); do
                        dd if=$1 of=/sys/kernel/rebootless/bundle bs=4096 conv=notrunc 2>/dev/null
                        echo upgrade 2>/dev/null >/sys/kernel/rebootless/apply
                        cat /sys/kernel/rebootless/last_error
                    done
                }
                write /tmp/one.rlb & write /tmp/two.rlb & wait""", Duration.ofMinutes(5));
        // Whatever a writer met, it was one of these; a mixture would have been a signature that does not verify.
        assertThat(verdicts.lines())
                .allMatch(verdict -> verdict.matches(
                        "ok|EBUSY (busy|loader-failed):.*|ENODATA nothing-staged:.*|EINVAL not-contiguous:.*"
                                + "|EEXIST not-above-level:.*|EBADMSG truncated:.*"));
        kernel.awaitTransition();
        kernel.revert();
        assertThat(kernel.upgrade(host.samples().level(2, alice()))).isEqualTo("ok");
    }

    @Test
    void of_four_that_apply_at_once_one_succeeds_and_each_gets_a_verdict() {
        kernel.stage(host.samples().level(1, alice()));
        String verdicts = host.guest().sh("""
                for i in 1 2 3 4; do
                    (echo upgrade 2>/dev/null >/sys/kernel/rebootless/apply && echo ok || echo refused) &
                done
                wait""");
        assertThat(verdicts.lines()).containsExactlyInAnyOrder("ok", "refused", "refused", "refused");
        assertThat(kernel.read("level")).isEqualTo("1");
    }

    @Test
    void every_word_during_an_apply_is_busy_and_changes_nothing() {
        Job writer = applyLevel1AndDawdle();
        for (String word : List.of("upgrade", "downgrade", "trust", "clear", "discard")) {
            assertThat(kernel.write("apply", word)).as(word).startsWith("EBUSY busy:");
        }
        finish();
        assertThat(writer.await(SOON)).isZero();
        assertThat(kernel.read("level")).isEqualTo("1");
    }

    @Test
    void a_bundle_staged_during_an_apply_is_the_next_one() {
        Job writer = applyLevel1AndDawdle();
        assertThat(kernel.stage(host.samples().level(2, alice()))).isTrue();
        finish();
        assertThat(writer.await(SOON)).isZero();
        kernel.awaitTransition();
        assertThat(kernel.write("apply", "upgrade")).isEqualTo("ok");
        assertThat(kernel.read("level")).isEqualTo("2");
    }

    @Test
    void the_image_is_there_for_the_loader_only_and_is_the_verified_one() {
        assertThat(host.guest().run("ls /sys/kernel/rebootless/image").exit()).isNotZero();
        Job writer = applyLevel1AndDawdle();
        assertThat(host.guest().pull("/sys/kernel/rebootless/image"))
                .isEqualTo(host.guest().pull("/tmp/image.ko"));
        assertThat(host.guest().sh("stat -c %a /sys/kernel/rebootless/image")).isEqualTo("400");
        // Held open across the end: what is gone cannot be read any more.
        Job reader = host.guest().start("""
                exec 3</sys/kernel/rebootless/image
                touch /tmp/opened
                while [ -e %s ]; do usleep 20000; done
                until [ ! -e /sys/kernel/rebootless/image ]; do usleep 20000; done
                cat <&3 >/tmp/late && exit 1
                [ ! -s /tmp/late ]""".formatted(DAWDLE));
        host.guest().sh("until [ -e /tmp/opened ]; do usleep 20000; done");
        finish();
        assertThat(writer.await(SOON)).isZero();
        assertThat(reader.await(SOON)).isZero();
        assertThat(host.guest().run("ls /sys/kernel/rebootless/image").exit()).isNotZero();
    }

    @Test
    void a_signal_to_the_writer_takes_effect_after_the_verdict() {
        for (String signal : List.of("TERM", "KILL")) {
            Job writer = applyLevel1AndDawdle();
            writer.signal(signal);
            assertThat(kernel.write("apply", "discard"))
                    .as("still applying after " + signal)
                    .startsWith("EBUSY busy:");
            finish();
            writer.await(SOON);
            assertThat(kernel.read("level")).as("level after " + signal).isEqualTo("1");
            nothing_in_force();
        }
    }

    @Test
    void the_module_stays_while_applying_and_sealed() {
        Job writer = applyLevel1AndDawdle();
        assertThat(host.guest().run("rmmod rebootless").exit()).isNotZero();
        finish();
        assertThat(writer.await(SOON)).isZero();
        assertThat(host.guest().run("rmmod rebootless").exit()).isNotZero();
        assertThat(kernel.read("sealed")).isEqualTo("1");
    }

    private Job applyLevel1AndDawdle() {
        host.guest().push(host.module().sample(1), "/tmp/image.ko");
        assertThat(kernel.stage(host.samples().level(1, alice()))).isTrue();
        host.guest().sh("touch " + DAWDLE);
        Job writer = host.guest().start("echo upgrade >/sys/kernel/rebootless/apply");
        host.guest().sh("until [ -e /tmp/loading ]; do usleep 20000; done");
        return writer;
    }

    private void finish() {
        host.guest().sh("rm " + DAWDLE);
    }
}
