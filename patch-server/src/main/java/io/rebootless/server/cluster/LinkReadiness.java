package io.rebootless.server.cluster;

import io.rebootless.server.readiness.ReadinessCheck;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Ready while the other servers' changes are heard of: without them every poll would have to ask the database. */
@Component
final class LinkReadiness implements ReadinessCheck {
    private final Link link;

    LinkReadiness(Link link) {
        this.link = link;
    }

    @Override
    public String part() {
        return "link";
    }

    @Override
    public Optional<String> fault() {
        return link.up() ? Optional.empty() : Optional.of("the other servers' changes are not heard of");
    }
}
