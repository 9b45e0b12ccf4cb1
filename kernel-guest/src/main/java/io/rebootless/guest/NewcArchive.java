package io.rebootless.guest;

import io.rebootless.guest.Initramfs.Node;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;

/** A cpio archive in the form the kernel reads, without times and owners: all is root's, from the epoch. */
final class NewcArchive implements Closeable {
    private final CpioArchiveOutputStream out;

    NewcArchive(Path file) throws IOException {
        out = new CpioArchiveOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file), 1 << 16), CpioConstants.FORMAT_NEW);
    }

    void add(String path, Node node) throws IOException {
        CpioArchiveEntry entry = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, path);
        entry.setMode(type(node) | node.permissions());
        entry.setNumberOfLinks(1);
        if (node instanceof Node.Bytes bytes) {
            put(entry, bytes.content());
        } else if (node instanceof Node.Symlink link) {
            put(entry, link.target().getBytes(StandardCharsets.UTF_8));
        } else if (node instanceof Node.Copy copy) {
            entry.setSize(Files.size(copy.source()));
            out.putArchiveEntry(entry);
            Files.copy(copy.source(), out);
            out.closeArchiveEntry();
        } else {
            if (node instanceof Node.Device device) {
                entry.setRemoteDeviceMaj(device.major());
                entry.setRemoteDeviceMin(device.minor());
            }
            put(entry, new byte[0]);
        }
    }

    private void put(CpioArchiveEntry entry, byte[] content) throws IOException {
        entry.setSize(content.length);
        out.putArchiveEntry(entry);
        out.write(content);
        out.closeArchiveEntry();
    }

    private static int type(Node node) {
        if (node instanceof Node.Folder) {
            return CpioConstants.C_ISDIR;
        } else if (node instanceof Node.Symlink) {
            return CpioConstants.C_ISLNK;
        } else if (node instanceof Node.Device) {
            return CpioConstants.C_ISCHR;
        }
        return CpioConstants.C_ISREG;
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
