package io.rebootless.bundle;

import io.rebootless.kernel.KernelBuild;
import java.util.List;
import java.util.Locale;

/**
 * Why a bundle was refused: one type a reason, each with what was expected and what was found.
 *
 * <p>The names are those of {@code docs/bundle-format.md}; server, agent and kernel use the same ones.
 */
public sealed interface Refusal {
    String DAMAGED = "The file is damaged or was changed: fetch it again, or create and sign it again.";
    String REBUILD = "Create the bundle again with a current `rebootless bundle create`.";

    Object expected();

    Object found();

    /** What the reader of the message can do about it, in one sentence. */
    default String remedy() {
        return DAMAGED;
    }

    /** The stable name: the type's name in lower case with hyphens, e.g. {@code below-floor}. */
    default String name() {
        return getClass().getSimpleName().replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    default String message() {
        return "%s: expected %s, found %s. %s".formatted(name(), expected(), found(), remedy());
    }

    /** The parts of a file, to say where it ended. */
    enum Section {
        HEADER,
        MANIFEST,
        IMAGE,
        SIGNATURES;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Truncated(Section section, long bytes, long present) implements Refusal {
        @Override
        public Object expected() {
            return bytes + " more bytes of the " + section;
        }

        @Override
        public Object found() {
            return present;
        }
    }

    record TrailingBytes(long fileSize) implements Refusal {
        @Override
        public Object expected() {
            return "the file's end at byte " + fileSize;
        }

        @Override
        public Object found() {
            return "more bytes";
        }
    }

    record BadMagic(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return "This is not a bundle (.rlb), or a text-mode transfer has changed it.";
        }
    }

    record UnsupportedFormat(Integer expected, Integer found) implements Refusal {
        @Override
        public String remedy() {
            return "Upgrade Rebootless here, or create the bundle with an older version.";
        }
    }

    record UnsupportedKind(String expected, Integer found) implements Refusal {
        @Override
        public String remedy() {
            return "Upgrade Rebootless here: this version knows no other kinds.";
        }
    }

    record WrongKind(BundleKind expected, BundleKind found) implements Refusal {
        @Override
        public String remedy() {
            return switch (found) {
                case KERNEL_LIVEPATCH -> "Livepatches reach hosts through the patch server: rebootless bundle upload.";
                case TRUST ->
                    "Trust bundles are brought to hosts by their operator, never by the patch server: rebootless-agent"
                            + " trust update.";
            };
        }
    }

    record UnknownFlags(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return "Upgrade Rebootless here, or create the bundle with an older version.";
        }
    }

    record BadLevel(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return REBUILD;
        }
    }

    record FloorAboveLevel(long level, String found) implements Refusal {
        @Override
        public Object expected() {
            return "a floor from 0 to the level, " + level;
        }

        @Override
        public String remedy() {
            return REBUILD;
        }
    }

    record NonzeroFloor(String found) implements Refusal {
        @Override
        public Object expected() {
            return "floor 0 in a trust bundle";
        }

        @Override
        public String remedy() {
            return "Create the bundle again with `rebootless trust create`.";
        }
    }

    record ManifestSize(String expected, Long found) implements Refusal {}

    record ImageSize(String expected, Long found) implements Refusal {}

    record BuildIdSize(String expected, Long found) implements Refusal {}

    record BuildIdPadding(String expected, String found) implements Refusal {}

    record BadText(String field, String rule, String found) implements Refusal {
        @Override
        public Object expected() {
            return field + ": " + rule;
        }
    }

    record NonzeroTail(String expected, String found) implements Refusal {}

    record BadTrustSet(String expected, String found) implements Refusal {}

    record SignatureCount(String expected, Long found) implements Refusal {
        @Override
        public String remedy() {
            return "Sign the bundle: rebootless bundle sign.";
        }
    }

    record SignatureSize(String expected, Long found) implements Refusal {}

    record BadManifest(String field, String rule, String found) implements Refusal {
        @Override
        public Object expected() {
            return field + ": " + rule;
        }

        @Override
        public String remedy() {
            return "Mend the manifest and create the bundle again.";
        }
    }

    record ImageNotElf(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return "The image must be a livepatch .ko as the kernel build made it, not compressed.";
        }
    }

    record ImageNotLivepatch(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return "Add MODULE_INFO(livepatch, \"Y\") to the module's source and build it again.";
        }
    }

    record ImageName(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return REBUILD;
        }
    }

    record ImageVermagic(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return "Build the livepatch against the headers of the kernel build the bundle is for.";
        }
    }

    record ImageMachine(String expected, String found) implements Refusal {
        @Override
        public String remedy() {
            return "Build the livepatch for the machine the bundle is for.";
        }
    }

    record SignatureProfile(int index, String rule, String found) implements Refusal {
        @Override
        public Object expected() {
            return "signature " + index + " " + rule;
        }

        @Override
        public String remedy() {
            return "Sign with `rebootless bundle sign`; docs/bundle-format.md states the profile.";
        }
    }

    record SignatureInvalid(int index, String signer) implements Refusal {
        @Override
        public Object expected() {
            return "signature " + index + " to verify under the key of " + signer;
        }

        @Override
        public Object found() {
            return "one that does not";
        }
    }

    record DuplicateSigner(String signer) implements Refusal {
        @Override
        public Object expected() {
            return "one signature a key";
        }

        @Override
        public Object found() {
            return "two by the key of " + signer;
        }

        @Override
        public String remedy() {
            return "Have a second publisher sign with a key of their own.";
        }
    }

    record UntrustedSigner(List<String> trusted, List<String> signers) implements Refusal {
        @Override
        public Object expected() {
            return "a signature by one of " + trusted;
        }

        @Override
        public Object found() {
            return signers;
        }

        @Override
        public String remedy() {
            return "Have a trusted publisher sign it, or add the signer's certificate to the trusted ones.";
        }
    }

    record NotEnoughSigners(int threshold, List<String> signers) implements Refusal {
        @Override
        public Object expected() {
            return threshold + " distinct trusted signers";
        }

        @Override
        public Object found() {
            return signers.size() + ", " + signers;
        }

        @Override
        public String remedy() {
            return "Have another trusted publisher sign it too: rebootless bundle sign.";
        }
    }

    record WrongKernel(String field, String running, String wanted) implements Refusal {
        static WrongKernel of(String field, String running, String wanted) {
            return new WrongKernel(field, running, wanted);
        }

        @Override
        public Object expected() {
            return field + " " + running + ", the running kernel's";
        }

        @Override
        public Object found() {
            return wanted;
        }

        @Override
        public String remedy() {
            return "Publish a bundle for this kernel build; a livepatch fits exactly one.";
        }
    }

    record BelowFloor(long floor, long level) implements Refusal {
        @Override
        public Object expected() {
            return "a level of at least " + floor + ", the floor";
        }

        @Override
        public Object found() {
            return level;
        }

        @Override
        public String remedy() {
            return "The publisher has revoked this level: use a newer one.";
        }
    }

    record NotAboveLevel(long inForce, long level) implements Refusal {
        @Override
        public Object expected() {
            return "a level above " + inForce + ", the one in force";
        }

        @Override
        public Object found() {
            return level;
        }

        @Override
        public String remedy() {
            return "There is nothing to do; to go back to a lower level, downgrade on purpose.";
        }
    }

    record NotBelowLevel(long inForce, long level) implements Refusal {
        @Override
        public Object expected() {
            return "a level below " + inForce + ", the one in force";
        }

        @Override
        public Object found() {
            return level;
        }

        @Override
        public String remedy() {
            return "That is no downgrade: upgrade instead.";
        }
    }

    record DowngradeUnsafe(long inForce, String found) implements Refusal {
        @Override
        public Object expected() {
            return "level " + inForce + ", the one in force, to be flagged downgrade-safe";
        }

        @Override
        public String remedy() {
            return "Publish a higher level that undoes the change, or reboot.";
        }
    }

    record NotAboveTrustLevel(long inForce, long level) implements Refusal {
        @Override
        public Object expected() {
            return "a trust level above " + inForce + ", the one in force";
        }

        @Override
        public Object found() {
            return level;
        }

        @Override
        public String remedy() {
            return "This trust bundle, or a newer one, has been applied already; a new one needs a higher level.";
        }
    }

    record BadCertificate(int index, String found) implements Refusal {
        @Override
        public Object expected() {
            return "certificate %d of the trust set to be one X.509 certificate in DER".formatted(index);
        }

        @Override
        public String remedy() {
            return "Create the trust bundle again with `rebootless trust create`.";
        }
    }

    record UnsupportedKey(int index, String found) implements Refusal {
        @Override
        public Object expected() {
            return "certificate %d of the trust set to hold an RSA key of 3072 or 4096 bits".formatted(index);
        }

        @Override
        public String remedy() {
            return "Make a new key, `rebootless keys create`, and the trust bundle with its certificate.";
        }
    }

    record DuplicateKey(int index, String found) implements Refusal {
        @Override
        public Object expected() {
            return "certificate %d of the trust set to have a key, and an issuer and serial number, of its own"
                    .formatted(index);
        }

        @Override
        public String remedy() {
            return "Create the trust bundle again, with one certificate a publisher.";
        }
    }

    /** The first field in which two kernel builds differ, or empty if they are the same build. */
    static java.util.Optional<Refusal> wrongKernel(KernelBuild running, KernelBuild wanted) {
        record Field(String name, String running, String wanted) {}
        return List.of(
                        new Field("release", running.release(), wanted.release()),
                        new Field("version", running.version(), wanted.version()),
                        new Field("machine", running.machine(), wanted.machine()),
                        new Field(
                                "build-id",
                                running.buildId().hex(),
                                wanted.buildId().hex()))
                .stream()
                .filter(field -> !field.running().equals(field.wanted()))
                .findFirst()
                .map(field -> WrongKernel.of(field.name(), field.running(), field.wanted()));
    }
}
