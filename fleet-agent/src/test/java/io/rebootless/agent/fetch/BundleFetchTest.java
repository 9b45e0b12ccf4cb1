package io.rebootless.agent.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rebootless.agent.server.Download;
import io.rebootless.agent.testing.TestHost;
import io.rebootless.agent.testing.TurnedClock;
import io.rebootless.testing.TestBundles;
import io.rebootless.testing.TestPublishers;
import io.rebootless.wire.BundleReference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleFetchTest {
    @TempDir
    private Path directory;

    private final byte[] file = TestBundles.signed(1, TestPublishers.alice());
    private final BundleReference wanted = TestHost.reference(file);
    private final List<Long> offsets = new ArrayList<>();
    private BundleCache cache;
    private BundleFetch fetch;

    @BeforeEach
    void cache() throws IOException {
        cache = new BundleCache(directory.resolve("bundles"));
        cache.create();
        fetch = new BundleFetch(cache, new TurnedClock()::sinceBoot, Duration.ofMinutes(1));
    }

    private BundleFetch.Source source(byte[] content) {
        return (digest, offset) -> {
            offsets.add(offset);
            return new Download(
                    new ByteArrayInputStream(Arrays.copyOfRange(content, (int) offset, content.length)), offset);
        };
    }

    private void part(byte[] content) throws IOException {
        Files.write(cache.part(wanted.fileDigest()), content);
    }

    @Test
    void aFileGetsItsNameWhenItIsWhole() throws Exception {
        fetch.fetch(wanted, source(file));
        assertThat(cache.has(wanted.fileDigest())).isTrue();
        assertThat(Files.readAllBytes(cache.whole(wanted.fileDigest()))).isEqualTo(file);
        assertThat(cache.part(wanted.fileDigest())).doesNotExist();
    }

    @Test
    void aPartIsGoneOnWith() throws Exception {
        part(Arrays.copyOf(file, 300));
        fetch.fetch(wanted, source(file));
        assertThat(offsets).containsExactly(300L);
        assertThat(cache.has(wanted.fileDigest())).isTrue();
    }

    @Test
    void aServerWithoutRangesIsReadFromTheStart() throws Exception {
        part(Arrays.copyOf(file, 300));
        fetch.fetch(wanted, (digest, offset) -> new Download(new ByteArrayInputStream(file), 0));
        assertThat(cache.has(wanted.fileDigest())).isTrue();
    }

    @Test
    void aWholePartNeedsNoServer() throws Exception {
        part(file);
        fetch.fetch(wanted, source(file));
        assertThat(offsets).isEmpty();
        assertThat(cache.has(wanted.fileDigest())).isTrue();
    }

    @Test
    void aWrongPartIsThrownAwaySoThatTheNextTryIsClean() throws Exception {
        part(new byte[300]);
        assertThatThrownBy(() -> fetch.fetch(wanted, source(file))).isInstanceOf(FetchException.class);
        fetch.fetch(wanted, source(file));
        assertThat(offsets).containsExactly(300L, 0L);
    }

    @Test
    void noByteMoreThanPromisedIsTaken() throws IOException {
        assertThatThrownBy(() -> fetch.fetch(wanted, source(Arrays.copyOf(file, file.length + 1))))
                .isInstanceOfSatisfying(
                        FetchException.class, e -> assertThat(e.refusal()).isTrue());
        assertThat(Files.size(cache.part(wanted.fileDigest()))).isZero();
    }

    @Test
    void aBrokenDownloadKeepsItsPart() throws IOException {
        assertThatThrownBy(() -> fetch.fetch(wanted, source(Arrays.copyOf(file, 500))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("500 of " + file.length);
        assertThat(Files.size(cache.part(wanted.fileDigest()))).isEqualTo(500);
    }

    @Test
    void aFaultOfThisHostsDiskIsNoneOfTheServers() throws IOException {
        Files.createDirectory(cache.part(wanted.fileDigest()));
        assertThatThrownBy(() -> fetch.fetch(wanted, source(file)))
                .isInstanceOfSatisfying(
                        FetchException.class,
                        fault -> assertThat(fault.failure().name()).isEqualTo("cache-failed"));
    }

    @Test
    void onlyWhatIsNeededIsKept() throws Exception {
        fetch.fetch(wanted, source(file));
        Files.write(directory.resolve("bundles/" + "ab".repeat(32) + ".rlb"), new byte[1]);
        Files.write(directory.resolve("bundles/" + "cd".repeat(32) + ".rlb.part"), new byte[1]);
        cache.keepOnly(Set.of(wanted.fileDigest()));
        try (var files = Files.list(directory.resolve("bundles"))) {
            assertThat(files.toList()).containsExactly(cache.whole(wanted.fileDigest()));
        }
    }
}
