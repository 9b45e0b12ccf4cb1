package io.rebootless.server.settings;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.web.context.ConfigurableWebApplicationContext;

/**
 * Looks at where the server is to listen before anything is made. Spring would find out last, when there are a database,
 * an authority and an admin key already. A port that is free now may be taken then: the server's own attempt decides.
 */
final class ListeningPort implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    private static final String PORT = "server.port";
    private static final String ADDRESS = "server.address";
    private static final int MAX = 65_535;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        // The commands have the same settings, and listen nowhere.
        if (context instanceof ConfigurableWebApplicationContext) {
            check(context.getEnvironment());
        }
    }

    private static void check(Environment environment) {
        int port = port(environment.getRequiredProperty(PORT));
        if (port == 0) {
            return;
        }
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address(environment), port));
        } catch (UnknownHostException e) {
            throw new BadSettingException(
                    "%s cannot be \"%s\"".formatted(ADDRESS, environment.getProperty(ADDRESS)),
                    "Set it to an address of this machine, or leave it out to listen on all of them.",
                    e);
        } catch (BindException e) {
            throw new BadSettingException(
                    "%s is %d, where the server cannot listen: %s".formatted(PORT, port, e.getMessage()),
                    "Set %s to a port that is free, or end the program that has this one.".formatted(PORT),
                    e);
        } catch (IOException e) {
            // Not the port's fault, and the server's own attempt will tell.
            return;
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text.strip());
            if (port >= 0 && port <= MAX) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new BadSettingException(
                "%s is \"%s\"".formatted(PORT, text),
                "Set it to a number from 1 to %d, or to 0 for a free port.".formatted(MAX));
    }

    /** Where it listens without a certificate, another program may have the port on other addresses: a proxy does. */
    private static InetAddress address(Environment environment) throws UnknownHostException {
        String address = environment.getProperty(ADDRESS, "");
        if (!address.isEmpty()) {
            return InetAddress.getByName(address);
        }
        String mode = environment.getProperty("rebootless.tls.mode", "");
        // YAML's word for it is read as the other.
        return mode.equalsIgnoreCase("off") || mode.equalsIgnoreCase("false")
                ? InetAddress.getLoopbackAddress()
                : new InetSocketAddress(0).getAddress();
    }
}
