package io.rebootless.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedGuest.class)
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class GuestTest {
    @Test
    void runs_the_kernel_it_was_given(Guest guest) {
        assertThat(guest.sh("uname -r"))
                .isEqualTo(DebianKernel.get("newest-6.1").release());
    }

    @Test
    void tells_exit_status_and_both_streams_of_a_command_apart(Guest guest) {
        Result result = guest.run("echo fine; echo odd >&2; exit 7");

        assertThat(result.exit()).isEqualTo(7);
        assertThat(result.out()).isEqualTo("fine\n");
        assertThat(result.err()).isEqualTo("odd\n");
    }

    @Test
    void throws_what_a_command_said_when_it_must_succeed_and_does_not(Guest guest) {
        assertThatExceptionOfType(GuestFailed.class)
                .isThrownBy(() -> guest.sh("echo so far; ls /nowhere"))
                .withMessageContaining("ls /nowhere")
                .withMessageContaining("so far")
                .withMessageContaining("No such file");
    }

    @Test
    void takes_scripts_of_any_length_and_quoting(Guest guest) {
        String text = "it's \"a\" $dollar \\ `tick` ü ".repeat(4000);

        assertThat(guest.run("cat <<'END'\n" + text + "\nEND\n").out()).isEqualTo(text + "\n");
    }

    @Test
    void gives_every_byte_back_as_it_was(Guest guest) {
        byte[] all = new byte[256];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);

        Result result = guest.run("tee /dev/stderr", all, Duration.ofMinutes(1));

        assertThat(result.outBytes()).isEqualTo(all);
        assertThat(result.errBytes()).isEqualTo(all);
    }

    @Test
    void carries_twenty_megabytes_in_and_out(Guest guest, @TempDir Path folder) throws Exception {
        byte[] content = new byte[20_000_000];
        new Random(1).nextBytes(content);
        Path file = Files.write(folder.resolve("large"), content);

        guest.push(file, "/tmp/in/large");
        byte[] back = guest.pull("/tmp/in/large");
        guest.sh("rm -r /tmp/in");

        assertThat(back).isEqualTo(content);
    }

    @Test
    void keeps_a_pushed_program_executable(Guest guest, @TempDir Path folder) throws Exception {
        Path program = Files.writeString(folder.resolve("hello"), "#!/bin/sh\necho hello $1\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();

        guest.push(program, "/tmp/hello");

        assertThat(guest.sh("/tmp/hello world")).isEqualTo("hello world");
    }

    @Test
    void says_that_a_file_to_pull_is_not_there(Guest guest) {
        assertThatExceptionOfType(GuestFailed.class)
                .isThrownBy(() -> guest.pull("/nowhere"))
                .withMessageContaining("/nowhere");
    }

    @Test
    void kills_a_command_and_its_children_when_its_time_is_up(Guest guest) {
        assertThatExceptionOfType(GuestTimeout.class)
                .isThrownBy(() -> guest.run("echo begun; sleep 4321 & sleep 4321", Duration.ofSeconds(2)))
                .withMessageContaining("begun");

        assertThat(guest.run("pgrep -f 'sleep 4321' || ps | grep '[s]leep 4321'")
                        .out())
                .isEmpty();
    }

    @Test
    void does_not_wait_for_what_a_command_leaves_in_the_background(Guest guest) {
        guest.sh("sleep 30 & echo $! >/tmp/sleeper");

        assertThat(guest.sh("kill $(cat /tmp/sleeper) && echo it was there")).isEqualTo("it was there");
    }

    @Test
    void runs_commands_side_by_side(Guest guest) {
        // Each waits for the other's sign, so one after the other they would wait for ever.
        CompletableFuture<String> ping =
                CompletableFuture.supplyAsync(() -> guest.sh("mkfifo /tmp/pipe 2>/dev/null; echo ping >/tmp/pipe"));
        String pong = guest.sh("mkfifo /tmp/pipe 2>/dev/null; cat /tmp/pipe; rm /tmp/pipe");

        ping.join();
        assertThat(pong).isEqualTo("ping");
    }

    @Test
    void starts_jobs_that_can_be_watched_signalled_and_awaited(Guest guest) {
        Job job = guest.start("trap 'echo stopping; exit 3' TERM; echo started; while :; do sleep 1; done");
        assertThat(job.isRunning()).isTrue();

        guest.sh("until grep -q started /run/jobs/*/log; do usleep 100000; done");
        job.signal("TERM");

        assertThat(job.await(Duration.ofSeconds(30))).isEqualTo(3);
        assertThat(job.isRunning()).isFalse();
        assertThat(job.log()).isEqualTo("started\nstopping");
    }

    @Test
    void reaches_a_server_on_this_machines_loopback(Guest guest) throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "served".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            int port = server.getAddress().getPort();
            assertThat(guest.sh("wget -q -O - http://host:%d/".formatted(port))).isEqualTo("served");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void keeps_its_boot_id_while_its_uptime_grows(Guest guest) {
        Duration before = guest.uptime();

        assertThat(guest.bootId()).isEqualTo(guest.bootId());
        assertThat(guest.uptime()).isGreaterThan(before);
    }

    @Test
    void shows_kernel_messages_on_its_console(Guest guest) {
        guest.sh("echo '<0>hello from user space' >/dev/kmsg");

        guest.awaitConsole("hello from .* space$", Duration.ofSeconds(30));
    }

    @Test
    void gives_up_waiting_for_a_line_that_never_comes(Guest guest) {
        assertThatExceptionOfType(GuestTimeout.class)
                .isThrownBy(() -> guest.awaitConsole("never said", Duration.ofMillis(100)))
                .withMessageContaining("never said");
    }

    @Test
    void has_what_programs_expect_of_a_linux_system(Guest guest) {
        assertThat(guest.sh("mount | cut -d ' ' -f 3 | sort").lines().toList())
                .containsAll(List.of("/", "/dev", "/dev/pts", "/dev/shm", "/proc", "/sys"));
        assertThat(guest.sh("hostname; stat -c %a /tmp; id -u rebootless")).isEqualTo("guest\n1777\n990");
        assertThat(guest.sh("ping -c 1 -W 10 127.0.0.1 >/dev/null && echo up")).isEqualTo("up");
    }

    @Test
    void starts_without_complaints(Guest guest) {
        assertThat(guest.console()).doesNotContain("guest: ");
    }
}
