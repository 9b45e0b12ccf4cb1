package io.rebootless.agent.verification;

import io.rebootless.agent.fetch.FetchException;
import io.rebootless.agent.fetch.Inspection;
import io.rebootless.agent.log.EventLog;
import io.rebootless.bundle.RefusedException;
import io.rebootless.trust.TrustDirectory;
import io.rebootless.trust.TrustedPublishers;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import java.io.IOException;
import java.nio.file.Path;

/** Does the work here. It brings BouncyCastle into the process, and that stays. */
public final class InProcessVerification implements Verification {
    private final Trust trust;

    /** Read afresh each time: certificates may be added while the agent runs. */
    @FunctionalInterface
    public interface Trust {
        TrustedPublishers load() throws IOException;
    }

    public InProcessVerification(Trust trust) {
        this.trust = trust;
    }

    /** Trusts whom the directory names. */
    public static Verification by(Path trustDirectory) {
        return new InProcessVerification(
                () -> TrustDirectory.load(trustDirectory).inForce().publishers());
    }

    @Override
    public Finding verify(Path file, BundleReference promised) {
        TrustedPublishers trusted;
        try {
            trusted = trust.load();
        } catch (IOException e) {
            return Finding.failed("no-trust", String.valueOf(e.getMessage()));
        }
        try {
            var verified = Inspection.verify(file, trusted, promised);
            var signers = verified.signers().stream()
                    .map(signer -> EventLog.oneLine(signer.toString()))
                    .toList();
            return new Finding.Trusted(verified.bundle().header(), signers);
        } catch (RefusedException e) {
            var refusal = e.refusal();
            return new Finding.Rejected(AgentState.REFUSED, EventLog.failure(refusal.name(), refusal.message()), false);
        } catch (FetchException e) {
            return new Finding.Rejected(e.refusal() ? AgentState.REFUSED : AgentState.FAILED, e.failure(), true);
        } catch (IOException e) {
            return Finding.failed(Finding.FAILED, "the bundle cannot be read: " + e);
        }
    }
}
