package io.rebootless.bundle;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import net.fornwall.jelf.ElfFile;
import net.fornwall.jelf.ElfSection;

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

    /**
     * Reads an image.
     *
     * @param image the whole {@code .ko}
     * @throws RefusedException {@code image-not-elf} if it is no relocatable ELF file with a {@code .modinfo} section
     */
    public static LivepatchImage read(byte[] image) throws RefusedException {
        if (image.length < 64 || ByteBuffer.wrap(image).getInt() != 0x7f454c46) {
            throw notElf("a file without the ELF mark");
        }
        try {
            ElfFile elf = ElfFile.from(image);
            ElfSection section = elf.firstSectionByName(".modinfo");
            if (elf.e_type != ElfFile.ET_REL || section == null || section.header.sh_size > image.length) {
                throw notElf("an ELF file without .modinfo, or not relocatable");
            }
            Map<String, String> info = modinfo(section.getData());
            return new LivepatchImage(
                    info.getOrDefault("name", "").replace('-', '_'),
                    info.getOrDefault("vermagic", ""),
                    info.getOrDefault("livepatch", "").equals("Y"),
                    machine(elf.e_machine));
        } catch (RuntimeException damaged) {
            // The library answers hostile tables with whatever exception comes first: all of them mean the same here.
            throw notElf("a damaged ELF file");
        }
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
