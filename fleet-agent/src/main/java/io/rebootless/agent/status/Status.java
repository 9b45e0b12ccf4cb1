package io.rebootless.agent.status;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.agent.cycle.Rules;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.InForce;
import io.rebootless.agent.memory.ServerTrouble;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.memory.Trial.Blocking;
import io.rebootless.agent.settings.Loader;
import io.rebootless.agent.settings.Settings;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BlockingTask;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.QuarantinedBundle;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How this host stands, for {@code status --json}; fields are only ever added.
 *
 * @param version 1
 * @param verdict the last word
 * @param hostname what the host calls itself
 * @param kernel what runs here
 * @param bootId this boot
 * @param server the patch server
 * @param enrolled whether the host has a token
 * @param contact when the server answered last, by this host's clock
 * @param state where the agent stands
 * @param directive what the server ordered last for this kernel build
 * @param inForce the bundle whose level the kernel shows, if the agent has seen it settle in this boot
 * @param livepatch what the kernel says
 * @param hold put on this host: the one that goes furthest
 * @param failure why the host is not where it was told to be
 * @param effectiveRelease the kernel release whose security state this host has: that of what is in force, if its
 *     publishers name one, else the running kernel's
 * @param effective what its publishers say of the bundle in force
 * @param underWay handed over in this boot and not settled
 * @param service whether the service is alive
 * @param trust whom this host trusts
 * @param holds all that are in effect
 * @param quarantined what the host does not apply again by itself, because it seems to have crashed under it
 * @param blocking tasks that hold, or have held, the last transition up
 * @param serverTrouble what is wrong with the server; the verdict does not depend on it
 * @param loader who has the kernel load livepatches
 */
public record Status(
        int version,
        Verdict verdict,
        String hostname,
        KernelBuild kernel,
        String bootId,
        Optional<URI> server,
        boolean enrolled,
        Optional<Instant> contact,
        AgentState state,
        Optional<Directive> directive,
        Optional<BundleReference> inForce,
        LivepatchState livepatch,
        Optional<Hold> hold,
        Optional<Failure> failure,
        String effectiveRelease,
        Optional<InForce> effective,
        Optional<UnderWay> underWay,
        ServiceState service,
        TrustState trust,
        List<Hold> holds,
        List<QuarantinedBundle> quarantined,
        List<BlockingTask> blocking,
        Optional<ServerTrouble> serverTrouble,
        Loader loader) {

    /** One word for monitoring. */
    public enum Verdict {
        /** The ordered level is in force for every task, in this boot. */
        @JsonProperty("protected")
        PROTECTED,
        /** It is not, or not yet, or nothing is ordered. */
        @JsonProperty("behind")
        BEHIND,
        /** Something was refused or has failed. */
        @JsonProperty("attention")
        ATTENTION,
        /** Somebody has said to stay, or to be off. */
        @JsonProperty("held")
        HELD,
        @JsonProperty("not-enrolled")
        NOT_ENROLLED
    }

    /** Looks at the host; changes nothing and takes no lock. */
    public static Status look(Settings settings, StateDirectory state, Rules rules) throws IOException {
        return of(Sight.of(settings, state, rules, Instant.now()));
    }

    static Status of(Sight seen) {
        var memory = seen.memory();
        var kernel = seen.kernel();
        var livepatch = seen.livepatch();
        var directive = memory.orders().under(kernel.buildId()).directive();
        var attempt = memory.attempt(seen.host().bootId(), kernel.buildId());
        var inForce = memory.inForce(seen.host().bootId(), kernel.buildId(), livepatch);
        var effective = seen.described()
                .filter(facts -> inForce.map(BundleReference::identity).equals(Optional.of(facts.bundle())));
        boolean member = seen.enrolled() && !memory.reporting().retired();
        Verdict verdict = member ? verdict(seen, directive, inForce) : Verdict.NOT_ENROLLED;
        return new Status(
                1,
                verdict,
                seen.host().hostname(),
                kernel,
                seen.host().bootId(),
                seen.server(),
                seen.enrolled(),
                memory.reporting().contact(),
                memory.standing().state(),
                directive,
                inForce,
                livepatch,
                seen.holds().stream().findFirst(),
                verdict == Verdict.PROTECTED
                        ? Optional.empty()
                        : memory.standing().failure(),
                effective.flatMap(InForce::effectiveVersion).orElse(kernel.release()),
                effective,
                attempt.map(given -> UnderWay.of(
                        given,
                        livepatch,
                        seen.now(),
                        seen.rules().transitionDeadline(),
                        seen.rules().soak())),
                seen.service(),
                seen.trust(),
                seen.holds(),
                memory.watch().quarantined(),
                memory.trial().blocking().map(Blocking::tasks).orElse(List.of()),
                seen.enrolled() ? memory.reporting().trouble() : Optional.empty(),
                seen.loader());
    }

    private static Verdict verdict(Sight seen, Optional<Directive> directive, Optional<BundleReference> inForce) {
        var standing = seen.memory().standing();
        boolean failed = standing.state() == AgentState.FAILED || standing.state() == AgentState.REFUSED;
        if (!seen.holds().isEmpty()
                || directive
                        .filter(order -> order.order() != Directive.Order.RUN)
                        .isPresent()) {
            return failed ? Verdict.ATTENTION : Verdict.HELD;
        }
        var ordered = directive.map(Directive::bundle).map(BundleReference::identity);
        if (ordered.flatMap(seen.memory().watch()::quarantine).isPresent()) {
            return Verdict.ATTENTION;
        }
        if (ordered.isPresent() && ordered.equals(inForce.map(BundleReference::identity))) {
            return Verdict.PROTECTED;
        }
        return standing.failure().isPresent() ? Verdict.ATTENTION : Verdict.BEHIND;
    }

    public String json() {
        return WireJson.indented().writeValueAsString(this);
    }

    /** For people. */
    @JsonIgnore
    public String text() {
        return StatusText.of(this, Instant.now());
    }
}
