package io.rebootless.agent.host;

import io.rebootless.agent.durable.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What the host calls itself, and which boot this is.
 *
 * @param hostname {@code /proc/sys/kernel/hostname}
 * @param bootId {@code /proc/sys/kernel/random/boot_id}
 * @param machineId the machine's own, as far as it is known
 * @param facts what it says of itself to the server, as far as it is known
 */
public record HostIdentity(String hostname, String bootId, Optional<String> machineId, Map<String, String> facts) {
    private static final Pattern MACHINE_ID = Pattern.compile("[0-9a-f]{32}");

    public HostIdentity {
        facts = Map.copyOf(facts);
    }

    /** Without the machine's id and facts, for those who only look. */
    public static HostIdentity read(Path proc) throws IOException {
        String hostname = Files.readString(proc.resolve("sys/kernel/hostname")).strip();
        String bootId =
                Files.readString(proc.resolve("sys/kernel/random/boot_id")).strip();
        return new HostIdentity(hostname.isEmpty() ? "localhost" : hostname, bootId, Optional.empty(), Map.of());
    }

    public HostIdentity with(String machineId, Map<String, String> facts) {
        return new HostIdentity(hostname, bootId, Optional.of(machineId), facts);
    }

    /**
     * The machine's own id.
     *
     * @param systems {@code /etc/machine-id}
     * @param own where one is kept that was made because the system has none
     */
    public static String machineId(Path systems, Path own) throws IOException {
        for (Path file : new Path[] {systems, own}) {
            try {
                String text = Files.readString(file).strip();
                if (MACHINE_ID.matcher(text).matches()) {
                    return text;
                }
            } catch (NoSuchFileException none) {
                // minimal systems and containers have none
            }
        }
        String made = UUID.randomUUID().toString().replace("-", "");
        DurableFile.replace(own, (made + "\n").getBytes(StandardCharsets.US_ASCII), DurableFile.PUBLIC);
        return made;
    }
}
