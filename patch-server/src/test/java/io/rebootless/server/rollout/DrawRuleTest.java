package io.rebootless.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.server.rollout.DrawRule.Candidate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DrawRuleTest {
    private static List<Candidate> hosts(int racks, int each) {
        return IntStream.range(0, racks * each)
                .mapToObj(i -> new Candidate(new UUID(0, i), "rack-" + i % racks))
                .toList();
    }

    @Property(tries = 100)
    void every_host_has_one_turn(
            @ForAll @IntRange(min = 1, max = 20) int racks,
            @ForAll @IntRange(min = 0, max = 20) int each,
            @ForAll long seed) {
        var candidates = hosts(racks, each);
        assertThat(DrawRule.order(candidates, new Random(seed)))
                .containsExactlyInAnyOrderElementsOf(
                        candidates.stream().map(Candidate::host).toList());
    }

    @Property(tries = 100)
    void no_rack_is_hit_twice_before_each_was_hit_once(
            @ForAll @IntRange(min = 1, max = 20) int racks,
            @ForAll @IntRange(min = 1, max = 20) int each,
            @ForAll long seed) {
        Map<UUID, String> rackOf =
                hosts(racks, each).stream().collect(Collectors.toMap(Candidate::host, Candidate::apart));
        var order = DrawRule.order(hosts(racks, each), new Random(seed));
        for (int begin = 0; begin < order.size(); begin += racks) {
            assertThat(order.subList(begin, begin + racks))
                    .extracting(rackOf::get)
                    .doesNotHaveDuplicates();
        }
    }

    @Property(tries = 20)
    void each_host_comes_first_about_as_often_as_any_other(@ForAll long seed) {
        var random = new Random(seed);
        var first = IntStream.range(0, 2000)
                .mapToObj(i -> DrawRule.order(hosts(1, 5), random).get(0))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        // 400 expected, a standard deviation of 18.
        assertThat(first.values()).hasSize(5).allMatch(times -> times > 280 && times < 520);
    }
}
