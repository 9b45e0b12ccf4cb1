package io.rebootless.guest;

import java.nio.charset.StandardCharsets;

/** What a command left behind. The streams are bytes, and text for those who know that they are. */
public final class Result {
    private final int exit;
    private final byte[] out;
    private final byte[] err;

    Result(int exit, byte[] out, byte[] err) {
        this.exit = exit;
        this.out = out;
        this.err = err;
    }

    /** The exit status; as in a shell, 128 + n for a command ended by signal n. */
    public int exit() {
        return exit;
    }

    public String out() {
        return new String(out, StandardCharsets.UTF_8);
    }

    public String err() {
        return new String(err, StandardCharsets.UTF_8);
    }

    public byte[] outBytes() {
        return out.clone();
    }

    public byte[] errBytes() {
        return err.clone();
    }

    @Override
    public String toString() {
        return "exit %d%nout: %s%nerr: %s".formatted(exit, out().strip(), err().strip());
    }
}
