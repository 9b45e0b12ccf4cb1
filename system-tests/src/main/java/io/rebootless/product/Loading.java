package io.rebootless.product;

import io.rebootless.guest.Guest;
import io.rebootless.guest.Machine;
import io.rebootless.module.KernelGuest;
import java.nio.file.Path;
import java.time.Duration;

/** How livepatches come into a host's kernel: what is installed for it, and what its agent may do. */
enum Loading {
    /** By the kernel module. The agent has root's capabilities without that to load modules, as its unit has it. */
    BY_MODULE("--bounding-set=-sys_module --inh-caps=-sys_module") {
        @Override
        Machine machine(ModuleBuild module) {
            return module.machine();
        }

        /** What the unit of trust does: it has the capability, the agent has not. */
        @Override
        void beforeTheAgent(Guest guest) {
            guest.sh("insmod " + KernelGuest.MODULE);
            guest.sh(ModuleBuild.SEAL, Duration.ofMinutes(3));
        }
    },
    /** By the agent itself: nothing of ours but the agent, and of capabilities what {@code loader-direct.conf} gives. */
    BY_AGENT("--bounding-set=-all,+dac_read_search,+sys_module --inh-caps=-all") {
        @Override
        Machine machine(ModuleBuild module) {
            Machine machine = Machine.with(module.kernel());
            // Busybox has an insmod of its own in /bin; with links to this one there is kmod's before it.
            machine.files().program(Path.of("/bin/kmod"));
            machine.files().file("/etc/rebootless/agent.properties", "soak.seconds=0\nloader=direct\n");
            return machine;
        }

        @Override
        void beforeTheAgent(Guest guest) {
            // nothing is loaded and nothing is sealed
        }
    };

    private final String capabilities;

    Loading(String capabilities) {
        this.capabilities = capabilities;
    }

    /** A machine with what it takes, nothing loaded. */
    abstract Machine machine(ModuleBuild module);

    /** What other units do at boot. */
    abstract void beforeTheAgent(Guest guest);

    /** Starts the agent as its unit does. */
    String setpriv() {
        return "/usr/bin/setpriv " + capabilities;
    }
}
