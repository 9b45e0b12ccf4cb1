package io.rebootless.agent.transport;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whom to reach without a proxy: {@code NAME} (and what is below it), {@code .DOMAIN} (only what is below it), an address,
 * a network as {@code ADDRESS/BITS}, each with {@code :PORT} if wanted, or {@code *}. Names are not looked up: an address
 * is compared only with a server that is named by its address.
 */
public final class NoProxy {
    public static final NoProxy NOBODY = new NoProxy(List.of());

    private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
    private static final Pattern NAME = Pattern.compile("\\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?");

    private final List<Entry> entries;

    private NoProxy(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /** One entry; {@code port} 0 means any. */
    private record Entry(Optional<Address> network, int bits, String name, int port) {
        boolean covers(Origin origin, Optional<Address> address) {
            if (port != 0 && port != origin.port()) {
                return false;
            }
            if (network.isPresent()) {
                return address.isPresent() && network.get().shares(address.get(), bits);
            }
            if (name.equals("*")) {
                return true;
            }
            String host = origin.host();
            String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
            return name.startsWith(".") ? bare.endsWith(name) : bare.equals(name) || bare.endsWith("." + name);
        }
    }

    /**
     * Reads entries that commas or blanks separate.
     *
     * @throws IllegalArgumentException if one of them is none of the above; the message says which
     */
    public static NoProxy of(String text) {
        var entries = new ArrayList<Entry>();
        for (String word : SEPARATOR.splitAsStream(text.strip()).toList()) {
            if (!word.isEmpty()) {
                entries.add(entry(word)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "\"%s\" is no name, .domain, address, address/bits or *, each with :port if wanted"
                                        .formatted(word))));
            }
        }
        return new NoProxy(entries);
    }

    /** The same, of a variable that others have set for other programs: what is not understood covers nobody. */
    static NoProxy lenient(String text) {
        var entries = new ArrayList<Entry>();
        for (String word : SEPARATOR.splitAsStream(text.strip()).toList()) {
            entry(word).ifPresent(entries::add);
        }
        return new NoProxy(entries);
    }

    boolean covers(Origin origin) {
        var address = Address.of(origin.host());
        return entries.stream().anyMatch(entry -> entry.covers(origin, address));
    }

    private static Optional<Entry> entry(String word) {
        String text = word.toLowerCase(Locale.ROOT);
        var whole = network(text, 0);
        if (whole.isPresent()) {
            return whole;
        }
        int colon = text.lastIndexOf(':');
        int port = 0;
        if (colon >= 0) {
            String digits = text.substring(colon + 1);
            if (!digits.matches("[0-9]{1,5}")) {
                return Optional.empty();
            }
            port = Integer.parseInt(digits);
            text = text.substring(0, colon);
        }
        var network = network(text, port);
        if (network.isPresent()) {
            return network;
        }
        String name = text.startsWith("*.") ? text.substring(1) : text;
        return port <= 65535 && (name.equals("*") || (NAME.matcher(name).matches() && !numeric(name)))
                ? Optional.of(new Entry(Optional.empty(), 0, name, port))
                : Optional.empty();
    }

    /** A mistyped address must not become a name that nobody has. */
    private static boolean numeric(String name) {
        return name.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
    }

    private static Optional<Entry> network(String text, int port) {
        int slash = text.indexOf('/');
        var address = Address.of(Origin.unbracketed(slash < 0 ? text : text.substring(0, slash)));
        if (address.isEmpty()) {
            return Optional.empty();
        }
        int bits = address.get().bits();
        if (slash >= 0) {
            String digits = text.substring(slash + 1);
            if (!digits.matches("[0-9]{1,3}") || Integer.parseInt(digits) > bits) {
                return Optional.empty();
            }
            bits = Integer.parseInt(digits);
        }
        return Optional.of(new Entry(address, bits, "", port));
    }
}
