package io.rebootless.server.rate;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

/** What an address is counted by. */
public final class Network {
    /** What one machine gets of IPv6 (RFC 7421), with 2⁶⁴ addresses to ask from. */
    private static final int HALF = 8;

    private Network() {}

    /** An IPv6 address's /64; any other address itself, and so is a word of a proxy that is none. */
    public static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            // In brackets only an address is taken, and no name looked up, whatever a proxy has passed on.
            return InetAddress.getByName("[" + address + "]") instanceof Inet6Address six
                    ? HexFormat.of().formatHex(Arrays.copyOf(six.getAddress(), HALF))
                    : address;
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
