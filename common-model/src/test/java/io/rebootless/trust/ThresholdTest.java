package io.rebootless.trust;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.testing.TestBundles;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThresholdTest {
    @Test
    void a_bundle_signed_by_the_only_trusted_publisher_is_verified() throws Exception {
        var bundle = TestBundles.read(TestBundles.signed(1, alice()));
        var trust = TrustedPublishers.of(List.of(alice().certificate()), 1);
        assertThat(trust.verify(bundle).signers()).hasSize(1);
    }
}
