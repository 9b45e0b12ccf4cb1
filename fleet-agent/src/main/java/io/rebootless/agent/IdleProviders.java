package io.rebootless.agent;

import java.security.Security;
import java.util.Set;

/**
 * Java's cryptographic providers that nothing here needs. Java looks for those that a small runtime has not on the class
 * path as well, and instantiates whatever it finds there on the way: BouncyCastle's, which is 450 classes and 8 MB of a
 * service that never asks it for anything.
 */
final class IdleProviders {
    private static final Set<String> IDLE =
            Set.of("SunJGSS", "SunSASL", "XMLDSig", "SunPCSC", "JdkLDAP", "JdkSASL", "SunPKCS11");

    private IdleProviders() {}

    /** Before anything cryptographic is asked for. A provider that an administrator has added or configured stays. */
    static void strike() {
        for (int i = 1; ; i++) {
            String key = "security.provider." + i;
            String name = Security.getProperty(key);
            if (name == null) {
                return;
            }
            if (IDLE.contains(name.strip())) {
                // A line cannot be taken out; one that is there already counts once.
                Security.setProperty(key, Security.getProperty("security.provider.1"));
            }
        }
    }
}
