package io.rebootless.cli.patch;

import io.rebootless.bundle.ManifestCodec;
import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.bundle.ManifestOptions;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "new",
        description = {
            "Lays out a patch directory: sources, manifest, kernel builds, reproducer.",
            "",
            "What only you can write is marked with #error, so that nothing is built of it before you have."
        })
final class PatchNewCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Of the livepatch, whose module is NAME_LEVEL (default: the directory's name).")
    Optional<String> name = Optional.empty();

    @Option(
            names = "--level",
            paramLabel = "N",
            defaultValue = "1",
            description = "The level to make (default: ${DEFAULT-VALUE}).")
    long level;

    @ArgGroup(exclusive = false, multiplicity = "1", heading = "%nManifest%n")
    ManifestOptions manifest = new ManifestOptions();

    @Option(
            names = "--kernel",
            required = true,
            paramLabel = "RELEASE",
            description = "A kernel build it is for, e.g. 6.1.0-47-amd64; repeat for each.")
    List<String> kernels;

    @Parameters(paramLabel = "DIR", description = "The directory to make.")
    Path directory;

    @Override
    public Integer call() throws IOException {
        if (Files.exists(directory)) {
            throw new FileAlreadyExistsException(directory.toString());
        }
        var functions = manifest.manifest(Instant.EPOCH).functions();
        if (functions.isEmpty()) {
            throw new CommandFailed(ExitCode.USAGE, "--function: name at least one that is to be replaced");
        }
        for (String function : functions) {
            if (!function.matches("[A-Za-z_][A-Za-z0-9_]*")) {
                throw new CommandFailed(ExitCode.USAGE, "--function: \"%s\" is no name in C".formatted(function));
            }
        }
        String called = name.orElseGet(this::nameOfDirectory);
        if (!PatchDefinition.isName(called)) {
            throw new CommandFailed(
                    ExitCode.USAGE,
                    "\"%s\" cannot be the livepatch's name: give one by --name, 1 to 30 of a-z 0-9 _, beginning with a letter"
                            .formatted(called));
        }
        Files.createDirectories(directory.resolve("src"));
        Files.createDirectories(directory.resolve("reproducer"));
        Path definition = Files.writeString(directory.resolve(PatchDirectory.DEFINITION), definition(called));
        try {
            PatchDefinition.read(definition);
        } catch (CommandFailed e) {
            // Nothing is left of what cannot be.
            Files.delete(definition);
            Files.delete(directory.resolve("src"));
            Files.delete(directory.resolve("reproducer"));
            Files.delete(directory);
            throw e;
        }
        write(
                "src/fix.c",
                template("fix.c.txt").replace("@FUNCTIONS@", stubs(functions)).replace("@TABLE@", table(functions)));
        write("src/livepatch.h", template("livepatch.h.txt"));
        write("reproducer/flaw.c", template("flaw.c.txt"));
        write(".gitignore", "/build/\n/good/\n");
        var out = spec.commandLine().getOut();
        out.println("%s: write src/fix.c and reproducer/flaw.c, then".formatted(directory));
        out.println("  rebootless patch build " + directory);
        out.println("  rebootless patch test " + directory);
        return ExitCode.OK;
    }

    private String definition(String called) {
        var json = WireJson.mapper().createObjectNode();
        json.put("name", called);
        json.put("level", level);
        json.put("floor", 0);
        json.put("downgradeSafe", true);
        var builds = json.putArray("kernels");
        kernels.forEach(release -> builds.addObject().put("release", release));
        json.putArray("modules");
        var all = WireJson.mapper().readValue(ManifestCodec.encode(manifest.manifest(Instant.EPOCH)), ObjectNode.class);
        // It is when a bundle is made.
        json.set("manifest", all.without("created"));
        return WireJson.indented().writeValueAsString(json) + "\n";
    }

    private String nameOfDirectory() {
        return String.valueOf(directory.toAbsolutePath().normalize().getFileName())
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "_");
    }

    private static String stubs(List<String> functions) {
        return functions.stream().map(function -> """
                #error Copy %1$s() here as the flawed kernel has it, and put the fix into it.
                static int fixed_%1$s(void)
                {
                \treturn 0;
                }
                """.formatted(function)).collect(Collectors.joining("\n"));
    }

    private static String table(List<String> functions) {
        return functions.stream()
                .map("\t{ .old_name = \"%1$s\", .new_func = fixed_%1$s }, \\\n"::formatted)
                .collect(Collectors.joining());
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    private static String template(String name) throws IOException {
        try (InputStream in = PatchNewCommand.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
