package io.rebootless.product;

import io.rebootless.guest.Guest;
import java.util.Locale;

/** What a program that looks for a flaw says of a kernel. */
public enum Finding {
    SOUND,
    FLAWED;

    /**
     * Has it look.
     *
     * @param cve the flaw, one of {@code kernel-module/samples/cve}
     * @throws IllegalStateException if it cannot tell
     */
    public static Finding of(ModuleBuild module, Guest guest, String cve) {
        String name = cve.toLowerCase(Locale.ROOT);
        String program = "/tmp/" + name;
        guest.push(module.reproducer(name), program);
        var result = guest.run(program);
        return switch (result.exit()) {
            case 0 -> SOUND;
            case 1 -> FLAWED;
            default -> throw new IllegalStateException("the reproducer of %s cannot tell:%n%s".formatted(cve, result));
        };
    }
}
