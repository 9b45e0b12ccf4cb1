package io.rebootless.agent.verification;

import java.nio.file.Path;

class InProcessVerificationTest extends VerificationContract {
    @Override
    Verification by(Path trustDirectory) {
        return InProcessVerification.by(trustDirectory);
    }
}
