package io.rebootless.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Finds a section of a 64-bit ELF file (elf(5)) that stays where it is. A library would have string tables of any
 * announced size in memory; here no more is read than is asked for, whatever the file says of itself.
 */
final class ElfSections {
    private static final int MARK = 0x7f454c46;
    private static final int HEADER_BYTES = 64;
    private static final int SECTION_HEADER_BYTES = 64;
    private static final int AT_CLASS = 4;
    private static final int AT_DATA = 5;
    private static final int CLASS_64 = 2;
    private static final int LITTLE_ENDIAN = 1;
    private static final int AT_TYPE = 16;
    private static final int AT_MACHINE = 18;
    private static final int AT_TABLE = 40;
    private static final int AT_ENTRY_SIZE = 58;
    private static final int AT_COUNT = 60;
    private static final int AT_NAMES = 62;
    private static final int ET_REL = 1;
    private static final int SHT_NOBITS = 8;

    private final LivepatchImage.Content content;
    private final long start;
    private final long size;
    private final ByteOrder order;
    private final ByteBuffer header;

    /** Whatever makes the file none that a kernel could load. */
    static final class DamagedException extends Exception {
        private static final long serialVersionUID = 1;

        DamagedException(String found) {
            super(found);
        }
    }

    private record Section(int name, int type, long offset, long size) {}

    /**
     * Reads the file's header.
     *
     * @param start of the ELF file in {@code content}
     * @param size of the ELF file
     */
    ElfSections(LivepatchImage.Content content, long start, long size) throws IOException, DamagedException {
        this.content = content;
        this.start = start;
        this.size = size;
        if (size < HEADER_BYTES) {
            throw new DamagedException("a file without the ELF mark");
        }
        this.header = read(0, HEADER_BYTES, ByteOrder.BIG_ENDIAN);
        if (header.getInt(0) != MARK) {
            throw new DamagedException("a file without the ELF mark");
        }
        this.order = header.get(AT_DATA) == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
        header.order(order);
        if (header.get(AT_CLASS) != CLASS_64 || Short.toUnsignedInt(header.getShort(AT_TYPE)) != ET_REL) {
            throw new DamagedException("an ELF file that is not relocatable, or not of 64 bits");
        }
    }

    int machine() {
        return Short.toUnsignedInt(header.getShort(AT_MACHINE));
    }

    /**
     * The content of the first section of that name.
     *
     * @param max bytes that it may have
     */
    Optional<byte[]> content(String name, int max) throws IOException, DamagedException {
        int count = Short.toUnsignedInt(header.getShort(AT_COUNT));
        int names = Short.toUnsignedInt(header.getShort(AT_NAMES));
        if (Short.toUnsignedInt(header.getShort(AT_ENTRY_SIZE)) != SECTION_HEADER_BYTES || names >= count) {
            throw new DamagedException("a damaged ELF file");
        }
        Section table = section(names);
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        for (int i = 1; i < count; i++) {
            Section section = section(i);
            if (named(section, table, wanted)) {
                if (section.type() == SHT_NOBITS || section.size() < 0 || section.size() > max) {
                    throw new DamagedException("an ELF file whose %s is empty or larger than any".formatted(name));
                }
                return Optional.of(
                        read(section.offset(), (int) section.size(), order).array());
            }
        }
        return Optional.empty();
    }

    private boolean named(Section section, Section table, byte[] wanted) throws IOException, DamagedException {
        long at = Integer.toUnsignedLong(section.name());
        if (at + wanted.length > table.size()) {
            return false;
        }
        return java.util.Arrays.equals(
                read(table.offset() + at, wanted.length, order).array(), wanted);
    }

    private Section section(int index) throws IOException, DamagedException {
        long table = header.getLong(AT_TABLE);
        if (table < 0 || table > size) {
            throw new DamagedException("a damaged ELF file");
        }
        ByteBuffer entry = read(table + (long) index * SECTION_HEADER_BYTES, SECTION_HEADER_BYTES, order);
        return new Section(entry.getInt(0), entry.getInt(4), entry.getLong(24), entry.getLong(32));
    }

    private ByteBuffer read(long at, int length, ByteOrder bytes) throws IOException, DamagedException {
        if (at < 0 || at > size - length) {
            throw new DamagedException("a damaged ELF file");
        }
        var buffer = ByteBuffer.allocate(length).order(bytes);
        while (buffer.hasRemaining()) {
            if (content.read(buffer, start + at + buffer.position()) < 0) {
                throw new DamagedException("an ELF file that ends too early");
            }
        }
        return buffer.flip();
    }
}
