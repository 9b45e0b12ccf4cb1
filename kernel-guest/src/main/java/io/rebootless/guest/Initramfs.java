package io.rebootless.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A file tree for a guest's memory, written as a cpio archive.
 *
 * <p>The kernel unpacks any number of archives one behind the other, later files over earlier ones. So what never
 * changes (a Java runtime, the product) is {@linkplain #writeTo written} once and shared by many boots, and a test adds
 * only its own few files.
 *
 * <p>Adding a program of this machine brings the shared libraries it needs, at the paths where it looks for them.
 * Folders above an added file appear by themselves. Equal contents give equal archives.
 */
public final class Initramfs {
    private static final int PERMISSIONS = 07777;

    private final Map<String, Node> nodes = new TreeMap<>();
    private final List<Path> programs = new ArrayList<>();

    /** Adds a folder, or changes the permissions of one. */
    public Initramfs folder(String path, int permissions) {
        return put(path, new Node.Folder(permissions & PERMISSIONS));
    }

    public Initramfs file(String path, String text) {
        return file(path, text.getBytes(StandardCharsets.UTF_8), 0644);
    }

    public Initramfs file(String path, byte[] content, int permissions) {
        return put(path, new Node.Bytes(permissions & PERMISSIONS, content.clone()));
    }

    /** Adds a script. */
    public Initramfs script(String path, String text) {
        return file(path, text.getBytes(StandardCharsets.UTF_8), 0755);
    }

    /** Adds a file of this machine, executable if it is so here. */
    public Initramfs file(String path, Path source) {
        if (SharedLibraries.isProgram(source)) {
            programs.add(source);
        }
        return put(path, new Node.Copy(Files.isExecutable(source) ? 0755 : 0644, source));
    }

    /** Adds a program of this machine at the path it has here. */
    public Initramfs program(Path source) {
        return file(source.toAbsolutePath().toString(), source);
    }

    public Initramfs symlink(String path, String target) {
        return put(path, new Node.Symlink(target));
    }

    /** Adds a character device node. */
    public Initramfs device(String path, int major, int minor) {
        return put(path, new Node.Device(0600, major, minor));
    }

    /** Adds a folder of this machine with all that is in it, symbolic links as such. */
    public Initramfs tree(String path, Path source) {
        try (Stream<Path> files = Files.walk(source)) {
            files.forEach(file -> add(path + "/" + source.relativize(file), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private void add(String path, Path source) {
        if (Files.isSymbolicLink(source)) {
            try {
                symlink(path, Files.readSymbolicLink(source).toString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        } else if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
            folder(path, 0755);
        } else {
            file(path, source);
        }
    }

    /** Adds kernel modules with all they need, where {@code modprobe} looks for them. */
    public Initramfs modules(DebianKernel kernel, String... names) {
        KernelModules modules = new KernelModules(kernel.modulesDir());
        for (String file : modules.inLoadOrder(List.of(names))) {
            file(
                    "/lib/modules/%s/%s".formatted(kernel.release(), KernelModules.uncompressed(file)),
                    modules.read(file),
                    0644);
        }
        return this;
    }

    /** Writes the archive and gives its path back. */
    public Path writeTo(Path archive) {
        Map<String, Node> all = new TreeMap<>(nodes);
        for (Path library : SharedLibraries.of(programs)) {
            all.putIfAbsent(normal(library.toString()), new Node.Copy(0755, library));
        }
        for (String path : List.copyOf(all.keySet())) {
            for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
                all.putIfAbsent(path.substring(0, slash), new Node.Folder(0755));
            }
        }
        try (NewcArchive out = new NewcArchive(archive)) {
            for (Map.Entry<String, Node> entry : all.entrySet()) {
                out.add(entry.getKey(), entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return archive;
    }

    private Initramfs put(String path, Node node) {
        String name = normal(path);
        if (!name.isEmpty()) {
            nodes.put(name, node);
        }
        return this;
    }

    /** As names stand in an archive: no slash before or behind, no dots. */
    private static String normal(String path) {
        return Path.of("/").resolve(path).normalize().toString().substring(1);
    }

    /** One thing in the tree. */
    sealed interface Node {
        int permissions();

        record Folder(int permissions) implements Node {}

        @SuppressWarnings("ArrayRecordComponent") // never compared
        record Bytes(int permissions, byte[] content) implements Node {}

        record Copy(int permissions, Path source) implements Node {}

        record Symlink(String target) implements Node {
            @Override
            public int permissions() {
                return 0777;
            }
        }

        record Device(int permissions, int major, int minor) implements Node {}
    }
}
