package io.rebootless.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestImages;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LivepatchImageTest {
    private static final byte[] GOOD = TestImages.livepatch("fix_1", TestBundles.KERNEL.release());

    @Test
    void an_image_that_is_what_its_header_says_is_accepted() {
        assertThat(verdict(GOOD)).isEqualTo("accepted");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "name=fix_1|vermagic=6.1.0-56-amd64 SMP; image-not-livepatch",
                "name=fix_1|vermagic=6.1.0-56-amd64 SMP|livepatch=N; image-not-livepatch",
                "name=fix_2|vermagic=6.1.0-56-amd64 SMP|livepatch=Y; image-name",
                "name=fix_1|vermagic=6.1.0-47-amd64 SMP|livepatch=Y; image-vermagic",
                "name=fix_1|vermagic=6.1.0-56-amd64x SMP|livepatch=Y; image-vermagic",
                "name=fix-1|vermagic=6.1.0-56-amd64 SMP|livepatch=Y; accepted"
            })
    void an_image_that_says_something_else_is_refused_by_name(String modinfo, String verdict) {
        assertThat(verdict(TestImages.module(modinfo.replace('|', '\0') + "\0")))
                .isEqualTo(verdict);
    }

    @Test
    void what_is_not_a_relocatable_elf_file_is_refused() {
        assertThat(verdict(new byte[0])).isEqualTo("image-not-elf");
        assertThat(verdict("#!/bin/sh\n".repeat(20).getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo("image-not-elf");
    }

    @Test
    void sections_that_claim_more_than_there_is_or_than_modinfo_ever_has_are_refused_without_being_read() {
        byte[] image = Arrays.copyOf(GOOD, 1024 * 1024);
        var elf = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
        int modinfo = (int) elf.getLong(40) + 64;
        for (long size : new long[] {65 * 1024, Integer.MAX_VALUE, Long.MAX_VALUE, -1}) {
            elf.putLong(modinfo + 32, size);
            assertThat(verdict(image)).as(".modinfo of " + size).isEqualTo("image-not-elf");
        }
        elf.putLong(modinfo + 32, 10).putLong(modinfo + 24, Long.MAX_VALUE);
        assertThat(verdict(image)).isEqualTo("image-not-elf");
    }

    @Test
    void an_image_is_read_where_it_lies_in_a_file_and_nothing_behind_it_is() throws Exception {
        byte[] file = new byte[100 + GOOD.length];
        System.arraycopy(GOOD, 0, file, 100, GOOD.length);
        LivepatchImage.Content content = (into, position) -> {
            into.put(file[(int) position]);
            return 1;
        };
        assertThat(LivepatchImage.read(content, 100, GOOD.length)).isEqualTo(LivepatchImage.read(GOOD));
        assertThatThrownBy(() -> LivepatchImage.read(content, 100, GOOD.length - 1))
                .isInstanceOf(RefusedException.class);
    }

    @Property(tries = 2000)
    void an_image_with_any_byte_changed_is_accepted_or_refused_but_never_breaks_the_reader(
            @ForAll @IntRange(max = 4096) int at, @ForAll byte value) {
        byte[] image = GOOD.clone();
        image[at % image.length] = value;
        assertThat(verdict(image)).matches("accepted|image-.*");
    }

    private static String verdict(byte[] image) {
        try {
            LivepatchImage.read(image).matches(new BundleHeader(true, 1, 0, 1, 1, TestBundles.KERNEL, "fix_1"));
            return "accepted";
        } catch (RefusedException e) {
            return e.refusal().name();
        }
    }
}
