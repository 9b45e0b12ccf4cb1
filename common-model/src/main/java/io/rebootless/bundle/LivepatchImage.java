package io.rebootless.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a livepatch {@code .ko} says of itself in its {@code .modinfo} section.
 *
 * @param name the module's name as the kernel shows it
 * @param vermagic the kernel it was built for: release, a space, and configuration words
 * @param livepatch whether the kernel will treat it as a livepatch
 * @param machine {@code uname -m} of the machine it was built for
 */
public record LivepatchImage(String name, String vermagic, boolean livepatch, String machine) {
    private static final int EM_AARCH64 = 183;
    private static final int EM_PPC64 = 21;
    private static final int EM_S390 = 22;
    private static final int EM_X86_64 = 62;

    /** {@code .modinfo} of the largest modules has some 10 KiB; a livepatch's has less than one. */
    private static final int MAX_MODINFO_BYTES = 64 * 1024;

    /** Bytes that stay where they are, as {@link java.nio.channels.FileChannel#read(ByteBuffer, long)} reads them. */
    @FunctionalInterface
    public interface Content {
        /** Reads some bytes from a position on; answers how many, or -1 behind the end. */
        int read(ByteBuffer into, long position) throws IOException;
    }

    /**
     * Reads an image that is in memory.
     *
     * @param image the whole {@code .ko}
     * @throws RefusedException {@code image-not-elf} if it is no relocatable ELF file with a {@code .modinfo} section
     */
    public static LivepatchImage read(byte[] image) throws RefusedException {
        try {
            return read((into, position) -> copy(image, into, position), 0, image.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads an image where it lies, holding no more of it in memory than its {@code .modinfo}.
     *
     * @param start of the image, in bytes
     * @param size of the image, in bytes
     * @throws RefusedException {@code image-not-elf} if it is no relocatable ELF file with a {@code .modinfo} section
     */
    public static LivepatchImage read(Content content, long start, long size) throws IOException, RefusedException {
        try {
            var elf = new ElfSections(content, start, size);
            Map<String, String> info = modinfo(elf.content(".modinfo", MAX_MODINFO_BYTES)
                    .orElseThrow(() -> new ElfSections.DamagedException("an ELF file without .modinfo")));
            return new LivepatchImage(
                    info.getOrDefault("name", "").replace('-', '_'),
                    info.getOrDefault("vermagic", ""),
                    info.getOrDefault("livepatch", "").equals("Y"),
                    machine(elf.machine()));
        } catch (ElfSections.DamagedException e) {
            throw notElf(String.valueOf(e.getMessage()));
        }
    }

    private static int copy(byte[] image, ByteBuffer into, long position) {
        int length = (int) Math.min(into.remaining(), image.length - position);
        if (length <= 0) {
            return -1;
        }
        into.put(image, (int) position, length);
        return length;
    }

    /**
     * Refuses an image that is not what its header says.
     *
     * @throws RefusedException {@code image-not-livepatch}, {@code image-name}, {@code image-vermagic} or {@code
     *     image-machine}
     */
    public void matches(BundleHeader header) throws RefusedException {
        String release = header.kernel().release();
        if (!livepatch) {
            throw new RefusedException(new Refusal.ImageNotLivepatch("livepatch=Y in .modinfo", "none"));
        }
        if (!name.equals(header.module())) {
            throw new RefusedException(new Refusal.ImageName("a module named " + header.module(), name));
        }
        if (!vermagic.equals(release) && !vermagic.startsWith(release + " ")) {
            throw new RefusedException(new Refusal.ImageVermagic("vermagic " + release, vermagic));
        }
        if (!machine.equals(header.kernel().machine())) {
            throw new RefusedException(
                    new Refusal.ImageMachine("machine " + header.kernel().machine(), machine));
        }
    }

    private static Map<String, String> modinfo(byte[] section) {
        var info = new LinkedHashMap<String, String>();
        for (String entry : new String(section, StandardCharsets.ISO_8859_1).split("\0", -1)) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                info.putIfAbsent(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return info;
    }

    private static String machine(int elfMachine) {
        return switch (elfMachine) {
            case EM_X86_64 -> "x86_64";
            case EM_AARCH64 -> "aarch64";
            case EM_PPC64 -> "ppc64le";
            case EM_S390 -> "s390x";
            default -> "ELF machine " + elfMachine;
        };
    }

    private static RefusedException notElf(String found) {
        return new RefusedException(new Refusal.ImageNotElf("a relocatable ELF file with .modinfo", found));
    }
}
