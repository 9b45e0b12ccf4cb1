package io.rebootless.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.testing.TestBundles;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class AdmissionTest {
    private static final KernelBuild HERE = TestBundles.KERNEL;

    @Test
    void a_bundle_for_a_kernel_build_that_differs_only_in_its_build_id_is_for_another_kernel() {
        var rebuilt = new KernelBuild(
                HERE.release(),
                HERE.version(),
                HERE.machine(),
                new BuildId("ff112233445566778899aabbccddeeff00112233"));
        assertThat(outcome(new Admission(HERE, 0, 0, true), header(rebuilt, 1), true))
                .isEqualTo("wrong-kernel");
    }

    @Property
    void an_upgrade_is_admitted_exactly_if_it_is_above_the_level_in_force_and_not_below_the_floor(
            @ForAll @LongRange(min = 0, max = 5) long floor,
            @ForAll @LongRange(min = 0, max = 5) long inForce,
            @ForAll @LongRange(min = 1, max = 6) long level) {
        String expected = level < floor ? "below-floor" : level <= inForce ? "not-above-level" : "admitted";
        assertThat(outcome(new Admission(HERE, floor, inForce, true), header(HERE, level), true))
                .isEqualTo(expected);
    }

    @Property
    void a_downgrade_goes_to_a_lower_level_from_one_that_can_be_left_and_never_below_the_floor(
            @ForAll @LongRange(min = 0, max = 5) long floor,
            @ForAll @LongRange(min = 0, max = 5) long inForce,
            @ForAll boolean safe,
            @ForAll @LongRange(min = 1, max = 6) long level) {
        String expected = level < floor
                ? "below-floor"
                : level >= inForce ? "not-below-level" : !safe ? "downgrade-unsafe" : "admitted";
        assertThat(outcome(new Admission(HERE, floor, inForce, safe), header(HERE, level), false))
                .isEqualTo(expected);
    }

    private static BundleHeader header(KernelBuild kernel, long level) {
        return new BundleHeader(true, level, 0, 1, 1, kernel, "fix");
    }

    private static String outcome(Admission admission, BundleHeader header, boolean upgrade) {
        try {
            if (upgrade) {
                admission.upgrade(header);
            } else {
                admission.downgrade(header);
            }
            return "admitted";
        } catch (RefusedException e) {
            return e.refusal().name();
        }
    }
}
