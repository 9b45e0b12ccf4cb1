package io.rebootless.server.readiness;

import java.util.Optional;

/** One thing without which a server should be sent no requests. Each bean of this type is asked every other second. */
public interface ReadinessCheck {
    /** Its name, which holders of a viewer's key are shown. */
    String part();

    /**
     * What is wrong with it, in words without secrets; empty when it is well. May block: an answer that does not come
     * within seconds is a fault too.
     *
     * @throws Exception a fault as well, and told in the log
     */
    Optional<String> fault() throws Exception;
}
