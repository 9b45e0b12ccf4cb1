package io.rebootless.agent.status;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.rebootless.agent.cycle.Holds;
import io.rebootless.agent.host.HostIdentity;
import io.rebootless.agent.kernel.KernelIdentity;
import io.rebootless.agent.kernel.SysfsKernel;
import io.rebootless.agent.memory.HandedOver;
import io.rebootless.agent.memory.Hold;
import io.rebootless.agent.memory.Memory;
import io.rebootless.agent.memory.ServerTrouble;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.settings.Settings;
import io.rebootless.kernel.KernelBuild;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.Directive;
import io.rebootless.wire.Failure;
import io.rebootless.wire.LivepatchState;
import io.rebootless.wire.WireJson;
import java.io.IOException;
import java.net.URI;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;

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
 * @param hold put on this host
 * @param failure why the host is not where it was told to be
 * @param serverTrouble what is wrong with the server; the verdict does not depend on it
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
        Optional<ServerTrouble> serverTrouble) {

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
    public static Status look(Settings settings, StateDirectory state) throws IOException {
        var host = HostIdentity.read(settings.proc());
        var kernel = KernelIdentity.read(settings.proc(), settings.sysfs(), System.getProperty("os.arch", "unknown"));
        return of(
                settings.server(),
                state.enrolled(),
                state.look(),
                Holds.inEffect(state, settings.proc()),
                host,
                kernel,
                new SysfsKernel(settings.sysfs()).state());
    }

    static Status of(
            Optional<URI> server,
            boolean enrolled,
            Memory memory,
            Optional<Hold> hold,
            HostIdentity host,
            KernelBuild kernel,
            LivepatchState livepatch) {
        var directive = memory.orders().under(kernel.buildId()).directive();
        var inForce = memory.progress()
                .settled()
                .filter(settled -> settled.bootId().equals(host.bootId()))
                .filter(settled -> settled.kernel().equals(kernel.buildId()))
                .filter(settled -> settled.module().equals(livepatch.patch()))
                .map(HandedOver::reference)
                .filter(reference -> reference.level() == livepatch.level() && livepatch.inForce());
        Verdict verdict = enrolled ? verdict(memory, directive, inForce, hold) : Verdict.NOT_ENROLLED;
        return new Status(
                1,
                verdict,
                host.hostname(),
                kernel,
                host.bootId(),
                server,
                enrolled,
                memory.reporting().contact(),
                memory.standing().state(),
                directive,
                inForce,
                livepatch,
                hold,
                verdict == Verdict.PROTECTED
                        ? Optional.empty()
                        : memory.standing().failure(),
                enrolled ? memory.reporting().trouble() : Optional.empty());
    }

    private static Verdict verdict(
            Memory memory, Optional<Directive> directive, Optional<BundleReference> inForce, Optional<Hold> hold) {
        if (hold.isPresent()
                || directive
                        .filter(order -> order.order() != Directive.Order.RUN)
                        .isPresent()) {
            return memory.standing().state() == AgentState.FAILED ? Verdict.ATTENTION : Verdict.HELD;
        }
        var ordered = directive.map(Directive::bundle).map(BundleReference::identity);
        if (ordered.isPresent() && ordered.equals(inForce.map(BundleReference::identity))) {
            return Verdict.PROTECTED;
        }
        return memory.standing().failure().isPresent() ? Verdict.ATTENTION : Verdict.BEHIND;
    }

    public String json() {
        return WireJson.mapper()
                .rebuild()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(this);
    }

    /** For people. */
    @JsonIgnore
    public String text() {
        return StatusText.of(this, Instant.now());
    }
}
