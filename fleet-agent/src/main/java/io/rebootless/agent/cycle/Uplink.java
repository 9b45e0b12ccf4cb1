package io.rebootless.agent.cycle;

import io.rebootless.agent.fetch.BundleFetch;
import java.util.Optional;

/** The way to the server, as far as there is one. */
public interface Uplink {
    /** No network is needed for what is at hand. */
    Uplink NONE = new Uplink() {
        @Override
        public Optional<BundleFetch.Source> source() {
            return Optional.empty();
        }

        @Override
        public void report() {}
    };

    /** Where bundles come from, if the server can be reached. */
    Optional<BundleFetch.Source> source();

    /** Tells how things stand, if that is news; a report that fails is made again later. */
    void report();
}
