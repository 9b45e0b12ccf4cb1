package io.rebootless.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The smallest ELF files that say of themselves what a livepatch {@code .ko} says: an ELF header, a {@code .modinfo}
 * section and the section names. No kernel would load them; real ones are in the system tests.
 */
public final class TestImages {
    private static final int ELF_HEADER = 64;
    private static final int SECTION_HEADER = 64;
    private static final short ET_REL = 1;
    private static final short EM_X86_64 = 62;

    private TestImages() {}

    public static byte[] livepatch(String module, String release) {
        return module(
                "name=%s\0vermagic=%s SMP preempt mod_unload modversions \0livepatch=Y\0".formatted(module, release));
    }

    /** A module with this {@code .modinfo}. */
    public static byte[] module(String modinfo) {
        byte[] info = TestBundles.ascii(modinfo);
        byte[] names = TestBundles.ascii("\0.modinfo\0.shstrtab\0");
        int infoAt = ELF_HEADER;
        int namesAt = infoAt + info.length;
        int tableAt = (namesAt + names.length + 7) & ~7;
        var elf = ByteBuffer.allocate(tableAt + 3 * SECTION_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).position(16);
        elf.putShort(ET_REL).putShort(EM_X86_64).putInt(1).putLong(0).putLong(0).putLong(tableAt);
        elf.putInt(0).putShort((short) ELF_HEADER).putShort((short) 0).putShort((short) 0);
        elf.putShort((short) SECTION_HEADER).putShort((short) 3).putShort((short) 2);
        elf.put(info).put(names).position(tableAt + SECTION_HEADER);
        section(elf, 1, 1, infoAt, info.length);
        section(elf, 10, 3, namesAt, names.length);
        return elf.array();
    }

    private static void section(ByteBuffer elf, int name, int type, int offset, int size) {
        elf.putInt(name).putInt(type).putLong(0).putLong(0).putLong(offset).putLong(size);
        elf.putInt(0).putInt(0).putLong(1).putLong(0);
    }
}
