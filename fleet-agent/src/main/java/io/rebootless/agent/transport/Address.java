package io.rebootless.agent.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/** An address written as one; a name is never looked up to get it. */
record Address(InetAddress value) {
    private static final Pattern OCTETS =
            Pattern.compile("(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}");
    private static final Pattern GROUPS = Pattern.compile("[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*");

    /** Absent if the text, in lower case and without brackets, is no address. */
    static Optional<Address> of(String text) {
        if (!OCTETS.matcher(text).matches() && !GROUPS.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            // With a colon or four octets in it, Java takes the text for an address or for a mistake, not for a name.
            return Optional.of(new Address(InetAddress.getByName(text)));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    int bits() {
        return value.getAddress().length * 8;
    }

    /** Whether the first {@code bits} are the same. */
    boolean shares(Address other, int bits) {
        byte[] mine = value.getAddress();
        byte[] theirs = other.value.getAddress();
        if (mine.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((mine[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
