package io.rebootless.product;

import static io.rebootless.testing.TestPublishers.alice;
import static org.assertj.core.api.Assertions.assertThat;

import io.rebootless.guest.DebianKernel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;

/**
 * No byte of a bundle can be changed under the kernel either. The bundle used passes every check of the module and
 * fails only in the kernel's own loader, for its image is no real module: that verdict, {@code loader-failed}, is what
 * an altered one must never reach.
 *
 * <p>Every byte of the signature section is altered, and of the signed part every seventh (all of them with {@code
 * -Drebootless.long=true}).
 */
@KernelScenarios
class KernelSignatureTamperTest {
    private static final int STEP = Boolean.getBoolean("rebootless.long") ? 1 : 7;

    @Parameter
    DebianKernel debian;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void every_altered_byte_is_refused_before_the_loader_runs() {
        try (var host = SealedGuest.boot(debian)) {
            var kernel = host.kernel();
            var guest = host.guest();
            byte[] good = host.samples().small(alice());
            assertThat(kernel.upgrade(good)).contains("loader-failed:");

            int signed = signedBytes(good);
            var offsets = new ArrayList<Integer>();
            IntStream.iterate(0, at -> at < signed, at -> at + STEP).forEach(offsets::add);
            IntStream.range(signed, good.length).forEach(offsets::add);

            var variants = new ByteArrayOutputStream();
            for (int at : offsets) {
                byte[] altered = good.clone();
                altered[at] ^= 0x01;
                variants.writeBytes(altered);
            }
            guest.push(variants.toByteArray(), "/tmp/variants");
            List<String> verdicts = guest.sh("""
                            i=0
                            while [ $i -lt %d ]; do
                                dd if=/tmp/variants of=/tmp/variant bs=%d skip=$i count=1 2>/dev/null
                                cat /tmp/variant >/sys/kernel/rebootless/bundle
                                echo upgrade 2>/dev/null >/sys/kernel/rebootless/apply
                                cat /sys/kernel/rebootless/last_error
                                i=$((i + 1))
                            done""".formatted(offsets.size(), good.length), Duration.ofMinutes(20))
                    .lines()
                    .toList();

            assertThat(verdicts).hasSameSizeAs(offsets);
            var ignored = IntStream.range(0, offsets.size())
                    .filter(i -> verdicts.get(i).contains("loader-failed")
                            || verdicts.get(i).equals("ok"))
                    .mapToObj(i -> "byte " + offsets.get(i))
                    .toList();
            assertThat(ignored).as("bytes that the kernel's verifier ignores").isEmpty();
        }
    }

    private static int signedBytes(byte[] bundle) {
        var header = ByteBuffer.wrap(bundle).order(ByteOrder.LITTLE_ENDIAN);
        return 512 + header.getInt(32) + header.getInt(36);
    }
}
