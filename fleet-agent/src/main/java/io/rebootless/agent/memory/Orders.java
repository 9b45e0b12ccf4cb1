package io.rebootless.agent.memory;

import io.rebootless.kernel.BuildId;
import io.rebootless.wire.Directive;
import java.util.Optional;

/**
 * What the server has said last.
 *
 * @param generation of the newest directive ever accepted; lower ones are a lagging server's
 * @param directive absent before the first, and after a change of kernel: it was meant for the other one
 * @param etag what to ask with, so that an unchanged directive costs a 304
 * @param kernel the build that ran when the directive came
 */
public record Orders(long generation, Optional<Directive> directive, Optional<String> etag, Optional<BuildId> kernel) {
    /**
     * No server comes this far by counting, and every JSON library can write it. A higher generation is a mistake, which
     * must not make all later orders look old.
     */
    public static final long MAX_GENERATION = 1L << 53;

    public static final Orders NONE = new Orders(0, Optional.empty(), Optional.empty(), Optional.empty());

    /** A directive as the server has just sent it; an older one than is known changes nothing. */
    public Orders accept(Directive newer, Optional<String> newerEtag, BuildId running) {
        return newer.generation() < generation
                ? this
                : new Orders(newer.generation(), Optional.of(newer), newerEtag, Optional.of(running));
    }

    /** For another kernel build than the one they were given for, there are no orders yet. */
    public Orders under(BuildId running) {
        return kernel.isEmpty() || kernel.get().equals(running)
                ? this
                : new Orders(generation, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
