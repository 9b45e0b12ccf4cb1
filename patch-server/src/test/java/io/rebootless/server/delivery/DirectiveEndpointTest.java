package io.rebootless.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.Sha256;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.server.testing.Samples;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive.Order;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectiveEndpointTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "-                           | 0",
                "wait=50                     | 50",
                "wait=10                     | 10",
                "respond-async, wait=7       | 7",
                "wait = \"9\"; x=y           | 9",
                "wait=999999999              | 50",
                "wait=99999999999999999999   | 0",
                "wait=-1                     | 0",
                "await=5                     | 0"
            })
    void patience_is_read_from_prefer_and_bounded(String prefer, int seconds) {
        assertThat(DirectiveEndpoint.waitSeconds(prefer)).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "-,-,true",
                "-,a/1,true",
                "a/1,-,false",
                "a/2,a/1,false",
                "a/2,a/2,false",
                "a/2,a/3,true",
                "a/2,b/1,true",
                "a/2,a/x,true"
            })
    void a_report_is_wanted_when_the_server_knows_less_than_the_host_believes(
            String stored, String acknowledged, boolean wanted) {
        assertThat(DirectiveEndpoint.reportWanted(stored, acknowledged)).isEqualTo(wanted);
    }

    @Test
    void the_newest_level_of_the_very_kernel_build_is_ordered() {
        KernelBuild kernel = Samples.kernel();
        var snapshot = CatalogSnapshot.of(
                7, List.of(entry(kernel, 2), entry(kernel, 3), entry(kernel, 1), entry(Samples.kernel(), 9)));
        var directive = DirectiveRule.of(snapshot, kernel);
        assertThat(directive.order()).isEqualTo(Order.RUN);
        assertThat(directive.bundle().level()).isEqualTo(3);
        assertThat(directive.generation()).isEqualTo(7);
        assertThat(DirectiveRule.of(snapshot, Samples.kernel()).order()).isEqualTo(Order.HOLD);
    }

    @Test
    void below_a_withdrawn_level_the_newest_good_one_is_ordered_and_none_if_there_is_none() {
        KernelBuild kernel = Samples.kernel();
        var snapshot = CatalogSnapshot.of(7, List.of(entry(kernel, 1), entry(kernel, 2), withdrawn(kernel, 3)));
        assertThat(DirectiveRule.of(snapshot, kernel).bundle().level()).isEqualTo(2);
        var nothingGood = CatalogSnapshot.of(8, List.of(withdrawn(kernel, 1), withdrawn(kernel, 2)));
        assertThat(DirectiveRule.of(nothingGood, kernel).order()).isEqualTo(Order.NONE);
        assertThat(DirectiveRule.of(nothingGood, kernel).reason()).contains("withdrawn");
    }

    private static CatalogSnapshot.Entry withdrawn(KernelBuild kernel, long level) {
        return new CatalogSnapshot.Entry(kernel, entry(kernel, level).bundle(), true);
    }

    private static CatalogSnapshot.Entry entry(KernelBuild kernel, long level) {
        var digest = Sha256.of((kernel + " " + level).getBytes());
        return new CatalogSnapshot.Entry(kernel, new BundleReference(digest, digest, 1000, level, "p" + level), false);
    }
}
