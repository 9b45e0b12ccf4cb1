package io.rebootless.agent.support;

import io.rebootless.agent.durable.Listing;
import io.rebootless.agent.policy.LocalFiles;
import io.rebootless.agent.settings.Settings;
import io.rebootless.agent.status.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the archive. Files are named one by one, those with secrets are not among them, and every text goes through
 * {@link Redaction} all the same. What cannot be had is listed, and stops nothing.
 */
public final class SupportArchive {
    private static final int MAX_FILE_BYTES = 1024 * 1024;
    private static final List<String> STATE = List.of(
            "state.json",
            "in-force.json",
            "hold.json",
            "service.json",
            "authorities.json",
            "journal.jsonl",
            "journal.1.jsonl",
            "journal.damaged.jsonl",
            "clean-shutdown");
    private static final List<String> MODULE =
            List.of("level", "patch", "floor", "sealed", "keys", "threshold", "trust_level", "last_error");
    private static final List<String> OURS = List.of("rebootless", "livepatch", "lockdown", "lsm=", "ima_", "module.");
    private static final List<String> UNITS =
            List.of("rebootless-agent.service", "rebootless-trust.service", "rebootless-shutdown-mark.service");

    private final Settings settings;
    private final HostCommands commands;
    private final Redaction redaction;
    private final StringBuilder missing = new StringBuilder();

    public SupportArchive(Settings settings, HostCommands commands) {
        this.settings = settings;
        this.commands = commands;
        this.redaction = new Redaction(Secrets.of(settings));
    }

    @FunctionalInterface
    private interface Source {
        String text() throws IOException, InterruptedException;
    }

    /** Gives a status, or says why there is none. */
    @FunctionalInterface
    public interface StatusSource {
        Status look() throws IOException;
    }

    /** Writes all of it; {@code agent} says which agent this is. */
    public void write(OutputStream out, String agent, StatusSource status) throws IOException, InterruptedException {
        try (var zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            add(zip, "agent.txt", () -> agent);
            add(zip, "status.json", () -> status.look().json());
            add(zip, "status.txt", () -> status.look().text());
            for (String file : STATE) {
                addFile(zip, "state/" + file, settings.stateDirectory().resolve(file));
            }
            addFile(zip, "etc/agent.properties", settings.file());
            for (String file : List.of(LocalFiles.MODE, LocalFiles.POLICY)) {
                addFile(zip, "etc/" + file, settings.directory().resolve(file));
            }
            add(zip, "trust.txt", () -> listing(settings.trustDirectory()));
            kernel(zip);
            units(zip);
            add(zip, "missing.txt", () -> missing.isEmpty() ? "nothing" : missing.toString());
        }
    }

    private void kernel(ZipOutputStream zip) throws IOException, InterruptedException {
        Path proc = settings.proc();
        for (String file : List.of("osrelease", "version", "arch", "tainted", "modules_disabled")) {
            addFile(zip, "kernel/" + file, proc.resolve("sys/kernel").resolve(file));
        }
        addFile(zip, "kernel/uptime", proc.resolve("uptime"));
        // Others' arguments are nobody's business, and may be secret.
        add(
                zip,
                "kernel/cmdline",
                () -> ours(Files.readString(proc.resolve("cmdline")).split("\\s+")));
        add(
                zip,
                "kernel/modules",
                () -> ours(Files.readString(proc.resolve("modules")).split("\n")));
        Path sysfs = settings.sysfs();
        addFile(zip, "kernel/lockdown", sysfs.resolve("kernel/security/lockdown"));
        addFile(zip, "kernel/lsm", sysfs.resolve("kernel/security/lsm"));
        switch (settings.loader()) {
            case MODULE -> {
                for (String file : MODULE) {
                    addFile(
                            zip,
                            "kernel/rebootless/" + file,
                            sysfs.resolve("kernel/rebootless").resolve(file));
                }
            }
            case DIRECT ->
                addFile(zip, "kernel/loads.json", settings.runtimeDirectory().resolve("loads.json"));
        }
        add(zip, "kernel/livepatch.txt", () -> livepatches(sysfs.resolve("kernel/livepatch")));
        add(
                zip,
                "kernel/dmesg.txt",
                () -> ours(commands.output(List.of("dmesg")).split("\n")));
    }

    private void units(ZipOutputStream zip) throws IOException, InterruptedException {
        for (String unit : UNITS) {
            add(
                    zip,
                    "units/" + unit + ".txt",
                    () -> commands.output(List.of("systemctl", "status", "--no-pager", "--full", unit)));
            add(
                    zip,
                    "units/" + unit + ".journal.txt",
                    () -> commands.output(List.of(
                            "journalctl", "--no-pager", "--output=short-iso", "--lines=2000", "--unit=" + unit)));
        }
    }

    private static String ours(String[] lines) {
        return Stream.of(lines)
                .filter(line -> OURS.stream().anyMatch(line.toLowerCase(Locale.ROOT)::contains))
                .collect(Collectors.joining("\n"));
    }

    private static String livepatches(Path directory) throws IOException {
        var text = new StringBuilder();
        for (Path patch : Listing.of(directory)) {
            if (Files.isDirectory(patch)) {
                text.append(patch.getFileName())
                        .append(" enabled=")
                        .append(Files.readString(patch.resolve("enabled")).strip())
                        .append(" transition=")
                        .append(Files.readString(patch.resolve("transition")).strip())
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String listing(Path directory) throws IOException {
        return Listing.of(directory).stream()
                .map(file -> String.valueOf(file.getFileName()))
                .collect(Collectors.joining("\n"));
    }

    private void addFile(ZipOutputStream zip, String name, Path file) throws IOException, InterruptedException {
        add(zip, name, () -> {
            try (var in = Files.newInputStream(file)) {
                return new LastPart(MAX_FILE_BYTES).read(in).text();
            }
        });
    }

    private void add(ZipOutputStream zip, String name, Source source) throws IOException, InterruptedException {
        String text;
        try {
            text = source.text();
        } catch (NoSuchFileException none) {
            missing.append(name).append(": not there\n");
            return;
        } catch (IOException e) {
            missing.append(name).append(": ").append(e).append('\n');
            return;
        }
        zip.putNextEntry(new ZipEntry(name));
        zip.write(redaction.apply(text).getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
