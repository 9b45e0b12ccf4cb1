package io.rebootless.cli.patch;

import io.rebootless.bundle.BundleFormat;
import io.rebootless.bundle.ManifestCodec;
import io.rebootless.bundle.RefusedException;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.wire.JsonFault;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code patch.json} says: one level of a publisher's livepatch, and the kernel builds it is for.
 *
 * @param name of the livepatch; its module is named after it and the level, for each level needs a name of its own
 * @param level as in the bundle's header
 * @param floor as in the bundle's header
 * @param downgradeSafe as in the bundle's header
 * @param kernels the builds, at least one, each once
 * @param modules of the kernel's own, to be loaded where the livepatch is tried
 * @param manifest all of the bundle's manifest but when it was made and the effective version
 */
record PatchDefinition(
        String name,
        long level,
        long floor,
        boolean downgradeSafe,
        List<Target> kernels,
        List<String> modules,
        ObjectNode manifest) {
    private static final Rule NAME = new Rule("[a-z][a-z0-9_]{0,29}", "1 to 30 of a-z 0-9 _, beginning with a letter,");
    /** Debian's kernels for amd64; those with another preemption model are not built for yet. */
    private static final Rule RELEASE = new Rule(
            "[0-9](?!.*-rt-)[A-Za-z0-9.+~-]{0,56}-amd64",
            "what uname -r says on Debian's amd64, such as 6.1.0-47-amd64 or 6.1.0-47-cloud-amd64 (no rt),");

    private static final Rule KERNEL_MODULE = new Rule("[A-Za-z0-9_-]{1,55}", "a kernel module's name");

    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    PatchDefinition {
        kernels = List.copyOf(kernels);
        modules = List.copyOf(modules);
    }

    /**
     * A kernel build.
     *
     * @param release what {@code uname -r} says there
     * @param effectiveVersion the kernel version whose security state it has with this level
     */
    record Target(String release, Optional<String> effectiveVersion) {}

    /** What a text has to be, for us and in words. */
    private record Rule(Pattern pattern, String words) {
        Rule(String pattern, String words) {
            this(Pattern.compile(pattern), words);
        }

        boolean takes(String text) {
            return pattern.matcher(text).matches();
        }
    }

    /** The file as it is written: nothing of it is known to be there. */
    private record Written(
            @Nullable String name,
            @Nullable Long level,
            @Nullable Long floor,
            @Nullable Boolean downgradeSafe,
            @Nullable List<WrittenTarget> kernels,
            @Nullable List<String> modules,
            @Nullable ObjectNode manifest) {}

    private record WrittenTarget(
            @Nullable String release, @Nullable String effectiveVersion) {}

    /**
     * Reads it.
     *
     * @throws CommandFailed naming the field that breaks its rule
     */
    static PatchDefinition read(Path file) throws IOException {
        Written written;
        try {
            written = JSON.readValue(InputFile.bytes(file), Written.class);
        } catch (JacksonException e) {
            throw failed(file, JsonFault.describe(e));
        }
        if (written == null) {
            throw failed(file, "one JSON object is expected");
        }
        var definition = new PatchDefinition(
                match(file, "name", NAME, written.name),
                given(file, "level", written.level),
                written.floor == null ? 0 : written.floor,
                given(file, "downgradeSafe", written.downgradeSafe),
                targets(file, given(file, "kernels", written.kernels)),
                modules(file, written.modules == null ? List.of() : written.modules),
                given(file, "manifest", written.manifest));
        definition.check(file);
        return definition;
    }

    private void check(Path file) {
        if (level < 1 || floor < 0 || floor > level) {
            throw failed(file, "level: at least 1, and floor: from 0 to the level");
        }
        if (module().length() > BundleFormat.MAX_MODULE_CHARS) {
            throw failed(
                    file,
                    "the module's name, %s, is longer than the %d characters that the kernel takes"
                            .formatted(module(), BundleFormat.MAX_MODULE_CHARS));
        }
        for (String of : List.of("created", "effectiveVersion")) {
            if (manifest.has(of)) {
                throw failed(
                        file,
                        of.equals("created")
                                ? "manifest.created: leave it out, it is when the bundle is made"
                                : "manifest.effectiveVersion: it differs by kernel build; give it with each of kernels");
            }
        }
        for (var kernel : kernels) {
            try {
                ManifestCodec.decode(manifestFor(kernel, Instant.EPOCH));
            } catch (RefusedException e) {
                throw failed(file, "manifest: " + e.getMessage());
            }
        }
    }

    /** Whether a livepatch may be called so. */
    static boolean isName(String name) {
        return NAME.takes(name);
    }

    /** The livepatch's name as the kernel will show it. */
    String module() {
        return module(level);
    }

    private String module(long ofLevel) {
        return name + "_" + ofLevel;
    }

    /** What the file of a level's bundle is called. */
    String bundleName(long ofLevel, Target kernel) {
        return "%s-%s.rlb".formatted(module(ofLevel), kernel.release());
    }

    /** The manifest of one kernel build's bundle. */
    byte[] manifestFor(Target kernel, Instant created) {
        var whole = manifest.deepCopy();
        whole.put("created", created.truncatedTo(ChronoUnit.SECONDS).toString());
        kernel.effectiveVersion().ifPresent(version -> whole.put("effectiveVersion", version));
        return JSON.writeValueAsBytes(whole);
    }

    /** The functions that the manifest says are replaced. */
    List<String> functions() {
        return manifest.path("functions")
                .valueStream()
                .map(one -> one.asString())
                .toList();
    }

    private static List<Target> targets(Path file, List<WrittenTarget> written) {
        var seen = new HashSet<String>();
        var targets = written.stream()
                .map(one -> given(file, "kernels", one))
                .map(one -> new Target(
                        match(file, "kernels.release", RELEASE, one.release),
                        Optional.ofNullable(one.effectiveVersion)))
                .toList();
        for (var target : targets) {
            if (!seen.add(target.release())) {
                throw failed(file, "kernels: %s stands there twice".formatted(target.release()));
            }
        }
        if (targets.isEmpty()) {
            throw failed(file, "kernels: at least one is needed, e.g. {\"release\": \"6.1.0-47-amd64\"}");
        }
        return targets;
    }

    private static List<String> modules(Path file, List<String> names) {
        names.forEach(name -> match(file, "modules", KERNEL_MODULE, name));
        return names;
    }

    private static <T> T given(Path file, String field, @Nullable T value) {
        if (value == null) {
            throw failed(file, field + " is missing");
        }
        return value;
    }

    private static String match(Path file, String field, Rule rule, @Nullable String value) {
        if (!rule.takes(given(file, field, value))) {
            throw failed(file, "%s: %s expected, not \"%s\"".formatted(field, rule.words(), value));
        }
        return given(file, field, value);
    }

    private static CommandFailed failed(Path file, String why) {
        return new CommandFailed(ExitCode.NO_INPUT, file + ": " + why);
    }
}
