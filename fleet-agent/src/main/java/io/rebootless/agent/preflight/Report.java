package io.rebootless.agent.preflight;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.WireJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether this host can be patched, for {@code preflight --json}; fields are only ever added, and so are checks.
 *
 * @param version 1
 * @param verdict the last word
 * @param kernel what runs here, if it can be told
 * @param checks all of them, in the order in which they are shown
 */
public record Report(int version, Verdict verdict, Optional<KernelBuild> kernel, List<Finding> checks) {
    /** One word for programs. */
    public enum Verdict {
        /** Nothing is in the way. */
        @JsonProperty("ready")
        READY,
        /** It can be patched, as far as could be looked at; something wants to be known. */
        @JsonProperty("attention")
        ATTENTION,
        /** As it is, it cannot be patched. */
        @JsonProperty("blocked")
        BLOCKED
    }

    public Report {
        checks = List.copyOf(checks);
    }

    static Report of(Optional<KernelBuild> kernel, List<Check> checks) {
        var findings = checks.stream().map(Check::judge).toList();
        return new Report(1, verdict(findings), kernel, findings);
    }

    private static Verdict verdict(List<Finding> findings) {
        if (count(findings, Outcome.BLOCKED) > 0) {
            return Verdict.BLOCKED;
        }
        boolean clear = count(findings, Outcome.ATTENTION) + count(findings, Outcome.UNSEEN) == 0;
        return clear ? Verdict.READY : Verdict.ATTENTION;
    }

    private static long count(List<Finding> findings, Outcome outcome) {
        return findings.stream().filter(one -> one.outcome() == outcome).count();
    }

    public String json() {
        return WireJson.indented().writeValueAsString(this);
    }

    /** For people: a line a check, the remedy under what needs one, and the verdict last. */
    @JsonIgnore
    public String text() {
        var lines = new ArrayList<String>();
        for (Finding one : checks) {
            lines.add("%s %-21s %s".formatted(one.outcome().mark(), one.check(), one.found()));
            one.remedy().ifPresent(remedy -> lines.add("    → " + remedy));
        }
        long unseen = count(checks, Outcome.UNSEEN);
        String unlooked = unseen == 0 ? "" : "; %d could not be looked at (?)".formatted(unseen);
        lines.add(
                switch (verdict) {
                    case READY -> "ready: this host can be patched";
                    case ATTENTION ->
                        "attention: this host can be patched, as far as can be told; %d to be looked into (!)%s"
                                .formatted(count(checks, Outcome.ATTENTION), unlooked);
                    case BLOCKED ->
                        "blocked: as it is, this host cannot be patched; %d in the way (✗)%s"
                                .formatted(count(checks, Outcome.BLOCKED), unlooked);
                });
        return String.join("\n", lines);
    }
}
