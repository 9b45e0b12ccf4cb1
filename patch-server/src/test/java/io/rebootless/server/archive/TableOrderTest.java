package io.rebootless.server.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TableOrderTest {
    /** Table n refers to tables of smaller numbers only, so there is an order; names hide which. */
    @Property(tries = 300)
    void whatever_a_table_refers_to_comes_before_it(@ForAll @Size(max = 12) List<@IntRange(max = 4095) Integer> masks) {
        var references = new HashMap<String, Set<String>>();
        for (int table = 0; table < masks.size(); table++) {
            int mask = masks.get(table);
            references.put(
                    name(table),
                    IntStream.rangeClosed(0, table)
                            .filter(other -> (mask >> other & 1) == 1)
                            .mapToObj(TableOrderTest::name)
                            .collect(Collectors.toSet()));
        }
        List<String> order = TableOrder.of(new TreeSet<>(references.keySet()), references);
        assertThat(order).containsExactlyInAnyOrderElementsOf(references.keySet());
        references.forEach((table, others) ->
                assertThat(order.subList(0, order.indexOf(table) + 1)).containsAll(others));
    }

    private static String name(int table) {
        return Integer.toHexString(table * 7919 % 251);
    }

    @Test
    void tables_in_a_circle_have_no_order() {
        assertThatThrownBy(() ->
                        TableOrder.of(new TreeSet<>(Set.of("a", "b", "c")), Map.of("a", Set.of("b"), "b", Set.of("a"))))
                .hasMessage("these tables refer to each other in a circle: [a, b]");
    }
}
