package io.rebootless.agent.verification;

import io.rebootless.wire.BundleReference;
import io.rebootless.wire.WireJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the verifying process is asked, one line of JSON. Both sides come from one installation; the version is for the
 * moment in which that is replaced under a running service.
 *
 * @param version {@link #VERSION}
 * @param file the bundle's
 * @param trustDirectory whom to trust
 * @param promised by the server
 */
record Question(int version, String file, String trustDirectory, BundleReference promised) {
    static final int VERSION = 1;

    Question {
        if (version != VERSION) {
            throw new IllegalArgumentException("version %d is not spoken here".formatted(version));
        }
        Objects.requireNonNull(file, "file");
        Objects.requireNonNull(trustDirectory, "trustDirectory");
        Objects.requireNonNull(promised, "promised");
    }

    static Question of(Path file, Path trustDirectory, BundleReference promised) {
        return new Question(
                VERSION,
                file.toAbsolutePath().toString(),
                trustDirectory.toAbsolutePath().toString(),
                promised);
    }

    byte[] line() {
        return (WireJson.mapper().writeValueAsString(this) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What the verifying process answers.
     *
     * @param version {@link #VERSION}
     * @param promised as it was asked: an answer to another question is none
     * @param trusted this
     * @param rejected or that, never both
     */
    record Reply(
            int version,
            BundleReference promised,
            Finding.@Nullable Trusted trusted,
            Finding.@Nullable Rejected rejected) {
        Reply {
            if (version != VERSION) {
                throw new IllegalArgumentException("version %d is not spoken here".formatted(version));
            }
            Objects.requireNonNull(promised, "promised");
            if ((trusted == null) == (rejected == null)) {
                throw new IllegalArgumentException("one finding is expected");
            }
            if (trusted != null && trusted.header().level() != promised.level()) {
                throw new IllegalArgumentException("the header is another bundle's");
            }
        }

        static Reply to(Question question, Finding finding) {
            return new Reply(
                    VERSION,
                    question.promised(),
                    finding instanceof Finding.Trusted trusted ? trusted : null,
                    finding instanceof Finding.Rejected rejected ? rejected : null);
        }

        Finding finding() {
            return trusted != null ? trusted : Objects.requireNonNull(rejected);
        }
    }
}
