package io.rebootless.server.blobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.bundle.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of blobs must do. A new one extends this, says how it is made, and adds what is its own. */
abstract class BlobStoreContract {
    private static final byte[] CONTENT = bytes(200_000);
    private static final Sha256 DIGEST = Sha256.of(CONTENT);

    BlobStore store;

    /** An empty store. */
    abstract BlobStore empty() throws IOException;

    @BeforeEach
    void an_empty_store() throws IOException {
        store = empty();
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    static void keep(BlobStore store, byte[] content) throws IOException {
        try (var arrival = store.receive()) {
            arrival.sink().write(content);
            arrival.keep(Sha256.of(content));
        }
    }

    static byte[] read(BlobStore store, Sha256 digest, long start, long length) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var blob = store.open(digest).orElseThrow()) {
            blob.copy(start, length, bytes);
        }
        return bytes.toByteArray();
    }

    @Test
    void what_was_kept_is_read_back_byte_for_byte_whole_and_in_parts() throws IOException {
        keep(store, CONTENT);
        assertThat(read(store, DIGEST, 0, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(read(store, DIGEST, 199_990, 10)).isEqualTo(java.util.Arrays.copyOfRange(CONTENT, 199_990, 200_000));
        assertThat(read(store, DIGEST, 65_000, 70_000))
                .isEqualTo(java.util.Arrays.copyOfRange(CONTENT, 65_000, 135_000));
        assertThat(read(store, DIGEST, 5, 0)).isEmpty();
        try (var blob = store.open(DIGEST).orElseThrow()) {
            assertThat(blob.size()).isEqualTo(CONTENT.length);
        }
    }

    @Test
    void a_part_behind_the_end_is_an_error_and_not_a_shorter_part() throws IOException {
        keep(store, CONTENT);
        assertThatThrownBy(() -> read(store, DIGEST, 199_990, 11)).isInstanceOf(IOException.class);
    }

    @Test
    void what_arrives_can_be_read_before_it_is_kept_and_is_no_blob_yet() throws IOException {
        try (var arrival = store.receive()) {
            arrival.sink().write(CONTENT, 0, 1000);
            arrival.sink().write(CONTENT, 1000, 199_000);
            var part = ByteBuffer.allocate(10);
            assertThat(arrival.read(part, 150_000)).isEqualTo(10);
            assertThat(part.array()).isEqualTo(java.util.Arrays.copyOfRange(CONTENT, 150_000, 150_010));
            assertThat(arrival.read(ByteBuffer.allocate(10), CONTENT.length)).isEqualTo(-1);
            assertThat(store.open(DIGEST)).isEmpty();
            assertThat(store.list()).isEmpty();
        }
        assertThat(store.open(DIGEST)).isEmpty();
        assertThat(store.list()).isEmpty();
    }

    @Test
    void the_list_has_every_blob_with_its_size_and_when_it_was_written() throws IOException {
        Instant before = Instant.now().minus(Duration.ofMinutes(1));
        keep(store, CONTENT);
        keep(store, bytes(7));
        assertThat(store.list())
                .extracting(BlobStore.Stored::digest)
                .containsExactlyInAnyOrder(DIGEST, Sha256.of(bytes(7)));
        assertThat(store.list())
                .extracting(BlobStore.Stored::bytes)
                .containsExactlyInAnyOrder((long) CONTENT.length, 7L);
        assertThat(store.list()).allMatch(stored -> stored.since().isAfter(before));
    }

    @Test
    void a_blob_that_is_kept_again_replaces_the_one_before_and_it_is_said_that_there_was_one() throws IOException {
        try (var arrival = store.receive()) {
            arrival.sink().write(bytes(10));
            assertThat(arrival.keep(DIGEST)).isTrue();
        }
        try (var arrival = store.receive()) {
            arrival.sink().write(CONTENT);
            assertThat(arrival.keep(DIGEST)).isFalse();
        }
        assertThat(read(store, DIGEST, 0, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(store.list()).hasSize(1);
    }

    @Test
    void what_is_open_stays_readable_when_it_is_deleted_or_set_aside() throws IOException {
        keep(store, CONTENT);
        try (var blob = store.open(DIGEST).orElseThrow()) {
            assertThat(store.delete(DIGEST)).isTrue();
            var bytes = new ByteArrayOutputStream();
            blob.copy(0, blob.size(), bytes);
            assertThat(bytes.toByteArray()).isEqualTo(CONTENT);
        }
        assertThat(store.open(DIGEST)).isEmpty();
    }

    @Test
    void deleting_and_setting_aside_say_whether_there_was_something() throws IOException {
        assertThat(store.delete(DIGEST)).isFalse();
        assertThat(store.setAside(DIGEST)).isFalse();
        keep(store, CONTENT);
        assertThat(store.setAside(DIGEST)).isTrue();
        assertThat(store.open(DIGEST)).isEmpty();
        assertThat(store.list()).isEmpty();
        keep(store, CONTENT);
        assertThat(store.setAside(DIGEST)).as("a second time").isTrue();
        keep(store, CONTENT);
        assertThat(read(store, DIGEST, 0, CONTENT.length)).isEqualTo(CONTENT);
    }

    @Test
    void dropping_what_is_abandoned_touches_neither_blobs_nor_arrivals_under_way() throws IOException {
        keep(store, bytes(7));
        try (var arrival = store.receive()) {
            arrival.sink().write(CONTENT);
            store.dropAbandoned();
            arrival.keep(DIGEST);
        }
        assertThat(read(store, DIGEST, 0, CONTENT.length)).isEqualTo(CONTENT);
        assertThat(store.list()).hasSize(2);
    }

    @Test
    void many_that_keep_the_same_blob_at_once_leave_it_whole() throws Exception {
        var threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> keepers = IntStream.range(0, 24)
                    .mapToObj(i -> (Callable<Boolean>) () -> {
                        keep(store, CONTENT);
                        return java.util.Arrays.equals(read(store, DIGEST, 0, CONTENT.length), CONTENT);
                    })
                    .toList();
            for (var whole : threads.invokeAll(keepers)) {
                assertThat(whole.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(store.list()).hasSize(1);
    }
}
