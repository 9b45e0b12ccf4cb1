package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.RefusedException;
import io.rebootless.testing.TestBundles;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * No byte of a bundle can be changed: neither one of the signed part nor one of the signature section, as long as
 * every signature in it is needed.
 */
class TamperTest {
    private static final TrustedPublishers BOTH =
            TrustedPublishers.of(List.of(alice().certificate(), bob().certificate()), 2);
    private static final byte[] GOOD = TestBundles.signed(1, alice(), bob());

    @Test
    void the_bundle_is_accepted_as_it_is() {
        assertThat(accepts(GOOD)).isTrue();
    }

    @Test
    void every_altered_byte_is_refused() {
        var survivors = new ArrayList<String>();
        for (int at = 0; at < GOOD.length; at++) {
            for (int flip : new int[] {0x01, 0x20, 0x80, 0xff}) {
                byte[] altered = GOOD.clone();
                altered[at] ^= (byte) flip;
                if (accepts(altered)) {
                    survivors.add("byte %d ^ %x".formatted(at, flip));
                }
            }
        }
        assertThat(survivors).isEmpty();
    }

    @Property(tries = 500)
    void swapping_runs_of_bytes_is_refused(
            @ForAll @IntRange(max = 4000) int from, @ForAll @IntRange(min = 1, max = 64) int length) {
        int a = from % (GOOD.length - 2 * length);
        byte[] altered = GOOD.clone();
        System.arraycopy(GOOD, a, altered, a + length, length);
        System.arraycopy(GOOD, a + length, altered, a, length);
        assertThat(accepts(altered)).isEqualTo(IntStream.range(0, GOOD.length).allMatch(i -> GOOD[i] == altered[i]));
    }

    private static boolean accepts(byte[] file) {
        try {
            BOTH.verify(TestBundles.read(file));
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }
}
