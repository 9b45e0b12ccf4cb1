package io.rebootless.agent.authority;

import io.rebootless.agent.log.EventLog;
import io.rebootless.agent.memory.LearnedAuthorities;
import io.rebootless.agent.memory.StateDirectory;
import io.rebootless.agent.server.ServerClient;
import io.rebootless.agent.server.Tls;
import io.rebootless.bundle.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * The authorities that vouch for the server: those in the administrator's CA file, then whatever the server has told over
 * a connection that the present ones vouch for. Without a CA file those that Java knows do, and the server tells nothing.
 * New ones are on disk before they are used; what cannot be used changes nothing.
 */
public final class ServerAuthorities {
    private static final int VERSION = 1;
    private static final int MAX_BYTES = 64 * 1024;

    private final Optional<Sha256> ca;
    private final StateDirectory state;
    private final EventLog log;
    private Tls tls;
    private Optional<Sha256> held;
    private String refused = "";

    private ServerAuthorities(Optional<Sha256> ca, StateDirectory state, EventLog log, Tls tls, Optional<Sha256> held) {
        this.ca = ca;
        this.state = state;
        this.log = log;
        this.tls = tls;
        this.held = held;
    }

    /**
     * Takes what was learned last, as long as the administrator's file is the one that it came from.
     *
     * @throws IOException if there is a CA file and it holds no certificate
     */
    public static ServerAuthorities of(Optional<Path> ca, StateDirectory state, EventLog log) throws IOException {
        if (ca.isEmpty()) {
            return new ServerAuthorities(Optional.empty(), state, log, Tls.publicOnes(), Optional.empty());
        }
        byte[] file = read(ca.get());
        var known = Sha256.of(file);
        try {
            var learned = state.authorities().filter(found -> found.ca().equals(known));
            if (learned.isPresent()) {
                byte[] pem = learned.get().pem().getBytes(StandardCharsets.US_ASCII);
                return new ServerAuthorities(
                        Optional.of(known), state, log, Tls.of(pem, state.toString()), Optional.of(Sha256.of(pem)));
            }
        } catch (IOException e) {
            log.warning("%s; the CA file %s is used".formatted(e.getMessage(), ca.get()));
        }
        return new ServerAuthorities(
                Optional.of(known), state, log, Tls.of(file, ca.get().toString()), Optional.of(known));
    }

    private static byte[] read(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there: it should hold the CA of the server's certificate", e);
        }
    }

    /** Those that vouch for the server now. */
    public Tls tls() {
        return tls;
    }

    /** What polls say of them; absent where the server is not to tell any. */
    public Optional<Sha256> held() {
        return held;
    }

    /**
     * Fetches the authorities that the server wants to be known by, unless they are the ones held.
     *
     * @param wanted what the answer to a poll named them by
     */
    public void follow(String wanted, ServerClient server, String token) {
        if (held.isEmpty() || held.get().hex().equals(wanted)) {
            refused = "";
            return;
        }
        try {
            var told = server.authorities(token);
            learn(told.pem(), usable(told));
            server.trust(tls);
            refused = "";
            log.info("the server is known by these authorities now: " + tls);
        } catch (IOException e) {
            // Asked again with every poll, for it may be mended there; said once.
            if (!refused.equals(wanted)) {
                log.warning("the server's new authorities are not taken, those before stay: " + e.getMessage());
                refused = wanted;
            }
        }
    }

    private void learn(byte[] pem, Tls trusted) throws IOException {
        state.learn(new LearnedAuthorities(VERSION, ca.orElseThrow(), new String(pem, StandardCharsets.US_ASCII)));
        tls = trusted;
        held = Optional.of(Sha256.of(pem));
    }

    /** An authority that does not vouch for the very connection that it came by would cut this host off. */
    private static Tls usable(ServerClient.Told told) throws IOException {
        byte[] pem = told.pem();
        boolean text =
                Arrays.equals(new String(pem, StandardCharsets.US_ASCII).getBytes(StandardCharsets.US_ASCII), pem);
        if (!text || pem.length > MAX_BYTES) {
            throw new IOException("that is no list of certificates");
        }
        var tls = Tls.of(pem, "the server's answer");
        if (!tls.onlyAuthorities()) {
            throw new IOException("one of them is no certificate of an authority");
        }
        if (!tls.vouchesFor(told.chain())) {
            throw new IOException("none of them vouches for the certificate that the server shows");
        }
        return tls;
    }
}
