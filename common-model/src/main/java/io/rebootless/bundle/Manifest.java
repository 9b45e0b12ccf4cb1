package io.rebootless.bundle;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What people and programs ask about a bundle. The limits are those of {@code docs/bundle-format.md}, and {@link
 * ManifestCodec} holds to them when reading; fields that it does not know stay in the bundle's own bytes.
 *
 * @param publication the publisher's name for one fix across all kernel builds
 * @param title one line for people
 * @param created when the bundle was made
 * @param cves cumulative: all that this level fixes
 * @param notes for people
 * @param functions kernel functions replaced
 * @param effectiveVersion the kernel version whose security state this equals
 * @param droppedCves CVEs that an earlier level listed and this one does not, each with its reason
 */
public record Manifest(
        String publication,
        String title,
        Instant created,
        List<Cve> cves,
        Optional<String> notes,
        List<String> functions,
        Optional<String> effectiveVersion,
        List<DroppedCve> droppedCves) {

    public Manifest {
        cves = List.copyOf(cves);
        functions = List.copyOf(functions);
        droppedCves = List.copyOf(droppedCves);
    }

    /**
     * A CVE no longer claimed as fixed.
     *
     * @param reason 1 to 500 characters
     */
    public record DroppedCve(String id, String reason) {}
}
