package io.rebootless.cli.bundle;

import io.rebootless.bundle.Cve;
import io.rebootless.bundle.Manifest;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.cli.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** What people ask about a bundle, from a file or from options. */
public final class ManifestOptions {
    @Option(
            names = "--publication",
            required = true,
            paramLabel = "NAME",
            description = "Your name for this fix across all kernel builds, e.g. 2026-11-22.1.")
    String publication;

    @Option(names = "--title", required = true, paramLabel = "TEXT", description = "One line for people.")
    String title;

    @Option(
            names = "--cve",
            paramLabel = "CVE[:SEVERITY]",
            converter = CveConverter.class,
            description = "Fixed by this level or one below it; repeat for each. Severity: none, low, medium, high,"
                    + " critical or unknown.")
    List<Cve> cves = List.of();

    @Option(
            names = "--drop-cve",
            paramLabel = "CVE:REASON",
            converter = DroppedCveConverter.class,
            description = "Listed by an earlier level and not by this one, and why.")
    List<Manifest.DroppedCve> dropped = List.of();

    @Option(names = "--function", paramLabel = "NAME", description = "A kernel function replaced; repeat for each.")
    List<String> functions = List.of();

    @Option(names = "--notes", paramLabel = "TEXT", description = "For people.")
    Optional<String> notes = Optional.empty();

    @Option(
            names = "--effective-version",
            paramLabel = "VERSION",
            description = "The kernel version whose security state this level equals.")
    Optional<String> effectiveVersion = Optional.empty();

    /** Either a file or options. */
    static final class Source {
        @Option(
                names = "--manifest",
                paramLabel = "FILE",
                description = "The manifest as JSON, in place of the options that follow.")
        @Nullable
        Path file;

        @ArgGroup(exclusive = false, heading = "%nManifest%n")
        @Nullable
        ManifestOptions options;

        byte[] json(Instant now) throws IOException {
            if (file != null) {
                return InputFile.bytes(file);
            }
            if (options == null) {
                throw new IllegalStateException("neither --manifest nor its options");
            }
            return ManifestCodec.encode(options.manifest(now));
        }
    }

    /** What they say, of a bundle that is made now. */
    public Manifest manifest(Instant now) {
        return new Manifest(
                publication,
                title,
                now.truncatedTo(ChronoUnit.SECONDS),
                cves,
                notes,
                functions,
                effectiveVersion,
                dropped);
    }

    static final class CveConverter implements ITypeConverter<Cve> {
        @Override
        public Cve convert(String value) {
            int colon = value.indexOf(':');
            try {
                return colon < 0
                        ? new Cve(value, Cve.Severity.UNKNOWN)
                        : new Cve(value.substring(0, colon), Cve.Severity.of(value.substring(colon + 1)));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(value + ": " + e.getMessage());
            }
        }
    }

    static final class DroppedCveConverter implements ITypeConverter<Manifest.DroppedCve> {
        @Override
        public Manifest.DroppedCve convert(String value) {
            int colon = value.indexOf(':');
            if (colon < 0) {
                throw new TypeConversionException(value + ": CVE-YYYY-NNNN:REASON expected");
            }
            return new Manifest.DroppedCve(value.substring(0, colon), value.substring(colon + 1));
        }
    }
}
