package io.rebootless.agent.cycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.authority.ServerAuthorities;
import io.rebootless.agent.host.BootClock;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.testing.SmallDisk;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing comes in where nothing can be remembered; what has to go goes all the same. */
class WayOutTest {
    private static final String FULL = "No space left on device";

    @TempDir
    private Path directory;

    private SmallDisk disk;
    private TestHost host;

    @BeforeEach
    void host() throws Exception {
        disk = SmallDisk.at(directory.resolve("disk"));
        host = new TestHost(disk.folder());
        order(1);
        host.once();
        assertThat(host.kernel().state().inForce()).isTrue();
    }

    @AfterEach
    void close() throws Exception {
        host.close();
        disk.close();
    }

    private void order(long level) {
        host.server().orderRun(level, host.publish(level, 0));
    }

    @Test
    void a_level_that_its_probes_turn_down_goes_though_it_has_filled_the_disk() throws Exception {
        host.soak(Duration.ofMinutes(1));
        host.probe("10-room", "[ $REBOOTLESS_LEVEL != 2 ] || { " + disk.filling() + "; exit 4; }");
        order(2);
        assertThatThrownBy(host::once).isInstanceOf(IOException.class).hasMessageContaining(FULL);
        assertThat(host.kernel().state().enabled()).isFalse();
        assertThat(host.logged())
                .contains("probe 10-room exited with 4", "turned off: fix_2", "could not be written down");

        assertThatThrownBy(host::offline).hasMessageContaining(FULL);
        assertThat(host.kernel().log()).as("it does not come back").endsWith("upgrade", "disable fix_2");

        disk.makeRoom();
        host.probe("10-room", "[ $REBOOTLESS_LEVEL != 2 ]");
        assertThat(host.once().failure().map(Failure::name)).contains("probe-failed");
        assertThat(host.kernel().state().level())
                .as("what had settled stands in")
                .isEqualTo(1);
    }

    @Test
    void a_transition_that_misses_its_deadline_is_reversed() throws Exception {
        host.kernel().transitionsStall(true);
        order(2);
        host.clock().endsIn(Duration.ofSeconds(30));
        var patrol = new Thread(() -> quietly(host::once));
        patrol.start();
        while (!host.kernel().state().transition()) {
            Thread.sleep(10);
        }
        patrol.interrupt();
        patrol.join();
        disk.fill();
        host.clock().endsIn(Duration.ofDays(1));

        assertThatThrownBy(host::offline).hasMessageContaining(FULL);
        assertThat(host.kernel().log()).endsWith("upgrade", "disable fix_2");
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void quietly(Work work) {
        try {
            work.run();
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void what_could_not_be_written_down_is_seen_to_soon_however_long_the_server_is_to_be_left_alone() throws Exception {
        host.soak(Duration.ofMinutes(30));
        host.probe("10-room", "[ $REBOOTLESS_PHASE = applied ] || { " + disk.filling() + "; exit 4; }");
        host.reboot();
        host.server().refuse(503, Map.of("Retry-After", "3600"));
        var pauses = new ArrayList<Duration>();
        var clock = new BootClock() {
            @Override
            public Duration sinceBoot() {
                return host.clock().sinceBoot();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                if (host.logged().contains("could not be written down")) {
                    pauses.add(duration);
                    makeRoomOnce();
                    if (pauses.size() > 2) {
                        throw new InterruptedException("seen enough");
                    }
                }
                host.clock().pause(duration);
            }
        };
        var authorities = ServerAuthorities.of(
                Optional.empty(), host.state(), host.equipment().log());
        var patrol = new Patrol(host.equipment(clock), host.client(), authorities);
        assertThatThrownBy(patrol::run).isInstanceOf(InterruptedException.class);
        assertThat(pauses.get(0)).isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(host.state().look().standing().state()).isEqualTo(AgentState.FAILED);
    }

    private void makeRoomOnce() {
        try {
            disk.makeRoom();
        } catch (IOException already) {
            // the second time
        }
    }

    @Test
    void revert_turns_off_and_says_that_the_hold_is_not_kept() throws Exception {
        disk.fill();
        var hold = new Hold(Hold.Mode.OFF, "latency", host.wall());
        assertThatThrownBy(() -> new Cycle(host.equipment()).hold(hold))
                .hasMessageContaining("nothing of ours is on any more, but the hold cannot be kept")
                .hasMessageContaining(FULL);
        assertThat(host.kernel().state().enabled()).isFalse();
    }

    @Test
    void a_hold_that_is_to_keep_the_level_turns_nothing_off() throws Exception {
        disk.fill();
        var hold = new Hold(Hold.Mode.KEEP, "freeze", host.wall());
        assertThatThrownBy(() -> new Cycle(host.equipment()).hold(hold)).hasMessageContaining(FULL);
        assertThat(host.kernel().state().inForce()).isTrue();
    }

    @Test
    void the_kill_switch_works_on_a_file_system_that_has_become_read_only() throws Exception {
        host.administrator("mode", "off\n");
        disk.readOnly();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(host::offline).hasMessageContaining("Read-only file system");
            assertThat(host.kernel().log()).isEqualTo(List.of("upgrade", "disable fix_1"));
        }
    }

    @Test
    void a_service_that_starts_there_follows_it_too() throws Exception {
        host.administrator("mode", "off\n");
        disk.readOnly();
        host.clock().endsIn(Duration.ofSeconds(1));
        var service = new Thread(() -> quietly(() -> host.patrol().run()));
        service.start();
        service.join(Duration.ofSeconds(5).toMillis());
        assertThat(service.isAlive()).as("it waits for its next try").isTrue();
        service.interrupt();
        service.join();
        assertThat(host.kernel().log()).isEqualTo(List.of("upgrade", "disable fix_1"));
    }

    @Test
    void an_order_that_cannot_be_kept_is_followed_once_it_can() throws Exception {
        host.server().order(new Directive(1, 2, Directive.Order.NONE, null, "withdrawn"));
        disk.fill();
        assertThatThrownBy(host::once).hasMessageContaining(FULL);
        assertThat(host.kernel().state().inForce()).isTrue();
        disk.makeRoom();
        assertThat(host.once().state()).isEqualTo(AgentState.IDLE);
    }
}
