package io.rebootless.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.cluster.Signal.Topic;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LinkTest {
    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final Link link = new Link(Duration.ofNanos(10), now::get);

    @Test
    void a_link_is_down_until_it_is_proven_and_again_when_the_proof_is_old() {
        assertThat(link.up()).isFalse();
        link.proven(link.now());
        now.addAndGet(9);
        assertThat(link.up()).as("nanoseconds wrap around").isTrue();
        now.addAndGet(1);
        assertThat(link.up()).isFalse();
        link.proven(link.now() - 3);
        assertThat(link.up()).isTrue();
    }

    @Property
    boolean a_signal_is_heard_as_it_was_sent(@ForAll Topic topic, @ForAll String id) {
        var signal = new Signal(topic, id);
        return Signal.parse(signal.payload()).orElseThrow().equals(signal);
    }

    @Test
    void what_only_a_newer_server_says_is_passed_over() {
        assertThat(Signal.parse("ROLLOUT:1")).isEmpty();
        assertThat(Signal.parse("")).isEmpty();
        assertThat(Signal.parse("HOST")).isEmpty();
    }
}
