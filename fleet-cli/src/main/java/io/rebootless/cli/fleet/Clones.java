package io.rebootless.cli.fleet;

import io.rebootless.wire.FleetHost;
import java.io.PrintWriter;

/** Names the machines that have shown one token. */
final class Clones {
    private Clones() {}

    static void show(FleetHost host, PrintWriter out) {
        var machines = host.clones();
        if (machines == null) {
            return;
        }
        out.println("%s: cloned: two machines have shown its token. On both: rebootless-agent enroll --force"
                .formatted(host.hostname()));
        for (var machine : machines) {
            out.println("  %s at %s, boot %s, machine-id %s, last heard %s"
                    .formatted(
                            machine.hostname(),
                            machine.address(),
                            machine.bootId(),
                            machine.machineId() == null ? "not said" : machine.machineId(),
                            machine.lastHeard()));
        }
    }
}
