package io.rebootless.agent.preflight;

import io.rebootless.agent.kernel.StandardLoader;
import io.rebootless.agent.settings.Loader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The kernel module and the loader that comes with it, as far as they are on this host. */
final class ModuleLook {
    private static final String LOADER = "/usr/lib/rebootless/rebootless-load";

    /** How a signed module ends, when it is not compressed. */
    private static final byte[] SIGNED = "~Module signature appended~\n".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern FILE = Pattern.compile("(\\S*/)?rebootless\\.ko(\\.(gz|xz|zst))?");

    /** Where packages and DKMS put modules, for those whom depmod has not seen yet. */
    private static final List<String> FOLDERS = List.of("updates/dkms", "updates", "extra", "kernel/extra");

    /** Of a module that was loaded without a signature, or with one that the kernel does not know. */
    private static final String UNSIGNED_TAINT = "E";

    private final HostFiles files;
    private final String release;
    private final Loader loader;
    private final boolean loaded;
    private final Optional<String> indexed;
    private final Optional<String> installed;

    ModuleLook(HostFiles files, String release, Loader loader) {
        this.files = files;
        this.loader = loader;
        this.release = release;
        this.loaded =
                HostFiles.names(files.sysfs().resolve("kernel/rebootless")).isPresent();
        this.indexed = indexed();
        this.installed = indexed.or(this::unindexed);
    }

    private String folder() {
        return "lib/modules/" + release + "/";
    }

    private Optional<String> indexed() {
        return files.file(folder() + "modules.dep").text().stream()
                .flatMap(String::lines)
                .map(line -> line.substring(0, Math.max(0, line.indexOf(':'))))
                .filter(file -> FILE.matcher(file).matches())
                .map(file -> file.startsWith("/") ? file : "/" + folder() + file)
                .findFirst();
    }

    private Optional<String> unindexed() {
        return FOLDERS.stream()
                .flatMap(folder -> HostFiles.names(files.root().resolve(folder() + folder)).orElse(List.of()).stream()
                        .filter(name -> FILE.matcher(name).matches())
                        .map(name -> "/" + folder() + folder + "/" + name))
                .findFirst();
    }

    Check present() {
        if (loader == Loader.DIRECT) {
            return new NotNeeded("module");
        }
        return new ModulePresent(
                release,
                loaded,
                installed,
                indexed.isPresent(),
                files.there(folder() + "build/Makefile"),
                (files.program("gcc") || files.program("cc")) && files.program("make"),
                files.program("dkms"));
    }

    ModuleSigning signing(Optional<BundleFits.Sample> bundle) {
        boolean unsigned =
                files.sys("module/rebootless/taint").text().orElse("").contains(UNSIGNED_TAINT);
        return new ModuleSigning(
                loader,
                loaded && !unsigned,
                loaded && unsigned ? Optional.of(false) : installed.flatMap(this::signed),
                bundle.map(BundleFits.Sample::signed));
    }

    /** Absent where it cannot be told: of a compressed file, or one that may not be read. */
    private Optional<Boolean> signed(String file) {
        if (!file.endsWith(".ko")) {
            return Optional.empty();
        }
        try (var content = new RandomAccessFile(under(file).toFile(), "r")) {
            return Optional.of(signed(content, content.length()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether what ends at {@code end} is signed as the kernel wants it. */
    static boolean signed(RandomAccessFile content, long end) throws IOException {
        if (end < SIGNED.length) {
            return false;
        }
        byte[] last = new byte[SIGNED.length];
        content.seek(end - last.length);
        content.readFully(last);
        return Arrays.equals(last, SIGNED);
    }

    LoaderPresent loader() {
        if (loader == Loader.DIRECT) {
            Path insmod = StandardLoader.find(files.root(), "insmod")
                    .orElse(files.root().resolve(StandardLoader.FOLDERS.get(0)).resolve("insmod"));
            return new LoaderPresent("/" + files.root().relativize(insmod), state(insmod), true, "apt install kmod");
        }
        String path = files.sys("module/rebootless/parameters/loader").text().orElse(LOADER);
        return new LoaderPresent(path, state(under(path)), loaded || installed.isPresent(), LoaderPresent.INSTALL);
    }

    /** In a unit's file; with a tilde before it, and in a comment, it is not granted. */
    private static final Pattern GRANTED =
            Pattern.compile("(?m)^CapabilityBoundingSet\\s*=\\s*(?!~)(.*\\s)?CAP_SYS_MODULE\\b");

    /** Only an agent that loads livepatches itself needs it. */
    Optional<Check> capability() {
        if (loader != Loader.DIRECT) {
            return Optional.empty();
        }
        Path dropIns = files.root().resolve("etc/systemd/system/rebootless-agent.service.d");
        boolean dropIn = HostFiles.names(dropIns).orElse(List.of()).stream()
                .filter(name -> name.endsWith(".conf"))
                .map(name -> HostFiles.read(dropIns.resolve(name)).text().orElse(""))
                .anyMatch(text -> GRANTED.matcher(text).find());
        return Optional.of(new ModuleCapability(files.proc("self/status"), files.there("run/systemd/system"), dropIn));
    }

    private static LoaderPresent.State state(Path loader) {
        try {
            if (!Files.isRegularFile(loader)) {
                return LoaderPresent.State.ABSENT;
            }
            var permissions = Files.getPosixFilePermissions(loader);
            if (permissions.contains(PosixFilePermission.GROUP_WRITE)
                    || permissions.contains(PosixFilePermission.OTHERS_WRITE)
                    || !Integer.valueOf(0).equals(Files.getAttribute(loader, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
                return LoaderPresent.State.WRITABLE;
            }
            return permissions.contains(PosixFilePermission.OWNER_EXECUTE)
                    ? LoaderPresent.State.GOOD
                    : LoaderPresent.State.NOT_EXECUTABLE;
        } catch (IOException e) {
            return LoaderPresent.State.ABSENT;
        }
    }

    private Path under(String absolute) {
        return files.root().resolve(absolute.replaceFirst("^/+", ""));
    }
}
