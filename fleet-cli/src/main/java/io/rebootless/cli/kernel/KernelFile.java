package io.rebootless.cli.kernel;

import io.rebootless.cli.CommandFailed;
import io.rebootless.cli.ExitCode;
import io.rebootless.cli.InputFile;
import io.rebootless.kernel.BuildId;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.kernel.KernelNotes;
import io.rebootless.wire.WireJson;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import net.fornwall.jelf.ElfFile;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;
import tools.jackson.core.JacksonException;

/** Reads a kernel build's identity out of the files that distributions ship. */
public final class KernelFile {
    /** The largest vmlinux seen without debug information is about 80 MB. */
    private static final int MAX_BYTES = 512 * 1024 * 1024;

    /** {@code linux_banner} in init/version.c; the version is cut to 64 characters as in {@code uname -v}. */
    private static final Pattern BANNER =
            Pattern.compile("Linux version ([!-~]{1,64}) \\([^\\n]*?(#[0-9][ -~]{1,63})\n");

    // The x86 boot protocol's setup header (Documentation/arch/x86/boot.rst).
    private static final int SETUP_SECTORS = 0x1f1;
    private static final int HDRS = 0x202;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;

    private KernelFile() {}

    /**
     * Reads a vmlinux, vmlinuz, Debian package or this command's own JSON.
     *
     * @throws CommandFailed if the file is none of them, or a kernel without a build-id
     */
    public static KernelBuild read(Path file) throws IOException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw failed(file, "larger than any kernel");
            }
            return identify(file, InputFile.bytes(file));
        } catch (CompressorException e) {
            throw failed(file, "compressed in a way this command cannot read: " + e.getMessage());
        }
    }

    private static KernelBuild identify(Path file, byte[] bytes) throws IOException, CompressorException {
        var in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        if (bytes.length > 4 && in.getInt(0) == 0x464c457f) {
            return vmlinux(file, bytes);
        }
        if (bytes.length > PAYLOAD_LENGTH + 4 && in.getInt(HDRS) == 0x53726448) {
            return vmlinux(file, payload(file, bytes, in));
        }
        if (startsWith(bytes, "!<arch>\n")) {
            return identify(file, packaged(file, bytes));
        }
        if (bytes.length > 0 && bytes[0] == '{') {
            try {
                return WireJson.mapper().readValue(bytes, KernelBuild.class);
            } catch (JacksonException e) {
                throw failed(file, "not the JSON of `kernel inspect --json`: " + e.getOriginalMessage());
            }
        }
        throw failed(file, "neither a vmlinux, a vmlinuz, a Debian kernel package nor the JSON of `kernel inspect`");
    }

    private static KernelBuild vmlinux(Path file, byte[] bytes) {
        BuildId buildId;
        String machine;
        try {
            ElfFile elf = ElfFile.from(bytes);
            machine = elf.e_machine == ElfFile.ARCH_X86_64 ? "x86_64" : "aarch64";
            var notes = elf.firstSectionByName(".notes");
            buildId = KernelNotes.buildId(notes == null ? new byte[0] : notes.getData())
                    .orElseThrow(() -> failed(file, "a kernel without a GNU build-id"));
        } catch (CommandFailed e) {
            throw e;
        } catch (RuntimeException e) {
            // The library answers damaged tables with whatever exception comes first.
            throw failed(file, "a damaged ELF file");
        }
        var banner = BANNER.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        if (!banner.find()) {
            throw failed(file, "an ELF file, but no Linux kernel");
        }
        return new KernelBuild(banner.group(1), banner.group(2), machine, buildId);
    }

    /** The compressed vmlinux inside a bzImage. */
    private static byte[] payload(Path file, byte[] bytes, ByteBuffer image) throws IOException, CompressorException {
        int sectors = Byte.toUnsignedInt(image.get(SETUP_SECTORS));
        long start = (sectors == 0 ? 4 : sectors) * 512L + 512 + Integer.toUnsignedLong(image.getInt(PAYLOAD_OFFSET));
        long length = Integer.toUnsignedLong(image.getInt(PAYLOAD_LENGTH));
        if (start + length > bytes.length) {
            throw failed(file, "a vmlinuz that ends too early");
        }
        byte[] compressed = Arrays.copyOfRange(bytes, (int) start, (int) (start + length));
        try (var vmlinux = KernelCompression.decompress(compressed)) {
            return vmlinux.readNBytes(MAX_BYTES);
        }
    }

    /** {@code /boot/vmlinuz-*} inside a Debian package (deb(5): an ar archive with data.tar.*). */
    private static byte[] packaged(Path file, byte[] bytes) throws IOException, CompressorException {
        try (var ar = new ArArchiveInputStream(new ByteArrayInputStream(bytes))) {
            for (var member = ar.getNextEntry(); member != null; member = ar.getNextEntry()) {
                if (member.getName().startsWith("data.tar")) {
                    return kernelIn(file, new TarArchiveInputStream(decompressed(member.getName(), ar)));
                }
            }
        }
        throw failed(file, "a package without data");
    }

    private static byte[] kernelIn(Path file, TarArchiveInputStream tar) throws IOException {
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            if (entry.isFile() && entry.getName().matches("\\./boot/vmlinu[xz]-[^/]+")) {
                return tar.readNBytes(MAX_BYTES);
            }
        }
        throw failed(file, "a package without a kernel in /boot; the linux-image package has it");
    }

    private static InputStream decompressed(String name, InputStream in) throws CompressorException {
        return name.equals("data.tar")
                ? in
                : new CompressorStreamFactory().createCompressorInputStream(new BufferedInputStream(in));
    }

    private static boolean startsWith(byte[] bytes, String mark) {
        return bytes.length >= mark.length()
                && new String(bytes, 0, mark.length(), StandardCharsets.ISO_8859_1).equals(mark);
    }

    private static CommandFailed failed(Path file, String why) {
        return new CommandFailed(ExitCode.NO_INPUT, file + ": " + why);
    }
}
