package io.rebootless.agent.preflight;

import java.util.Optional;

/** One thing that matters for patching this host: the facts about it, and what they mean. Judging touches nothing. */
interface Check {
    /** Programs go by it: it never changes. */
    String name();

    Finding judge();

    default Finding ready(String found) {
        return new Finding(name(), Outcome.READY, found, Optional.empty());
    }

    default Finding attention(String found, String remedy) {
        return new Finding(name(), Outcome.ATTENTION, found, Optional.of(remedy));
    }

    default Finding blocked(String found, String remedy) {
        return new Finding(name(), Outcome.BLOCKED, found, Optional.of(remedy));
    }

    default Finding unseen(String why, String remedy) {
        return new Finding(name(), Outcome.UNSEEN, why, Optional.of(remedy));
    }

    default Finding notAsked(String how) {
        return new Finding(name(), Outcome.NOT_ASKED, how, Optional.empty());
    }
}
