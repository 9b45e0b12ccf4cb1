package io.rebootless.product;

import io.rebootless.guest.Guest;

/** Tasks asleep in the function that the livepatches {@code rebootless_test_stall_*} replace. */
final class Sleepers {
    private static final String BED = "/proc/rebootless_test_sleeper";

    private final Guest guest;

    private Sleepers(Guest guest) {
        this.guest = guest;
    }

    /** Loads the module that has the function. */
    static Sleepers load(SealedGuest host) {
        return load(host.guest(), host.module());
    }

    static Sleepers load(Guest guest, ModuleBuild module) {
        guest.push(module.testModule("rebootless_test_sleeper"), "/tmp/sleeper.ko");
        guest.sh("insmod /tmp/sleeper.ko");
        return new Sleepers(guest);
    }

    /** Puts one more task to sleep, in the function as new tasks see it now; returns its pid. */
    long sleep() {
        return Long.parseLong(guest.sh("""
                cat %s >/dev/null 2>&1 </dev/null &
                until grep -qs rebootless_test_await_wake "/proc/$!/stack"; do usleep 20000; done
                echo $!""".formatted(BED)));
    }

    /** Wakes all, and waits until they are gone. */
    void wake() {
        guest.sh("""
                echo up >%1$s
                while grep -qs rebootless_test_await_wake /proc/[0-9]*/stack; do usleep 20000; done""".formatted(BED));
    }
}
