package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static io.rebootless.testing.TestPublishers.bob;
import static io.rebootless.testing.TestPublishers.mallory;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.bundle.RefusedException;
import io.rebootless.testing.TestBundles;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No byte of a trust bundle can be changed, as long as every signature in it is needed. */
class TrustTamperTest {
    private static final TrustInForce BOTH =
            TrustInForce.sealed(TrustedPublishers.of(List.of(alice().certificate(), bob().certificate()), 2));
    private static final byte[] GOOD =
            TestBundles.trust(1, 1, List.of(bob().certificate(), mallory().certificate()), alice(), bob());

    @Test
    void every_altered_byte_is_refused() {
        assertThat(accepts(GOOD)).isTrue();
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

    private static boolean accepts(byte[] file) {
        try {
            BOTH.followedBy(TestBundles.readTrust(file));
            return true;
        } catch (RefusedException e) {
            return false;
        }
    }
}
