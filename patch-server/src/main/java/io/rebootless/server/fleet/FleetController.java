package io.rebootless.server.fleet;

import io.rebootless.bundle.Sha256;
import io.rebootless.server.catalog.Catalog;
import io.rebootless.server.catalog.CatalogSnapshot;
import io.rebootless.server.fleet.HostFacts.Reported;
import io.rebootless.server.groups.Groups;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.server.settings.Settings;
import io.rebootless.wire.AgentState;
import io.rebootless.wire.BundleReference;
import io.rebootless.wire.FleetHost;
import io.rebootless.wire.LabelChange;
import io.rebootless.wire.Page;
import io.rebootless.wire.QuarantineLift;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lists hosts, each with the server's verdict, shows what one did, has one leave, fetch a new token or try again. */
@RestController
@RequestMapping(path = "/api/v1/hosts", produces = MediaType.APPLICATION_JSON_VALUE)
final class FleetController {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private final Fleet fleet;
    private final History history;
    private final Clones clones;
    private final TokenReplacement tokens;
    private final QuarantineLifting lifting;
    private final HostLabels labels;
    private final Groups groups;
    private final Catalog catalog;
    private final Settings settings;
    private final Clock clock;

    FleetController(
            Fleet fleet,
            History history,
            Clones clones,
            TokenReplacement tokens,
            QuarantineLifting lifting,
            HostLabels labels,
            Groups groups,
            Catalog catalog,
            Settings settings,
            Clock clock) {
        this.fleet = fleet;
        this.history = history;
        this.clones = clones;
        this.tokens = tokens;
        this.lifting = lifting;
        this.labels = labels;
        this.groups = groups;
        this.catalog = catalog;
        this.settings = settings;
        this.clock = clock;
    }

    /** Lists the hosts of the fleet by name, each with the server's verdict. */
    @GetMapping
    Page<FleetHost> list(
            @RequestParam(name = "label", required = false) @Nullable LabelFilter label,
            @RequestParam(name = "hostname", defaultValue = "") String hostname,
            @RequestParam(name = "idPrefix", defaultValue = "") String idPrefix,
            @RequestParam(name = "quarantined", required = false) @Nullable Boolean quarantined,
            @RequestParam(name = "group", defaultValue = "") String group,
            @RequestParam(name = "query", defaultValue = "") String query,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        if (!ID.matcher(Fleet.lowestId(idPrefix)).matches()) {
            throw Paging.bad("idPrefix", idPrefix, "up to 36 of 0-9 a-f -", "Ask with ?idPrefix=6e5e3f3c.");
        }
        Fleet.Position after = cursor.isEmpty() ? null : hostPosition(cursor);
        var found = fleet.list(
                new Fleet.Filter(
                        label == null ? Map.of() : label.labels(),
                        Paging.clean("hostname", hostname),
                        idPrefix,
                        quarantined,
                        groups.selected(group, query)),
                after,
                limit + 1);
        return Paging.page(found, limit, this::view, last -> Paging.cursor(last.id() + " " + last.hostname()));
    }

    /** Shows one host. */
    @GetMapping("/{id}")
    FleetHost one(@PathVariable("id") UUID id) {
        return view(existing(id));
    }

    /** Lists what a host did, the newest first. */
    @GetMapping("/{id}/history")
    Page<History.Entry> history(
            @PathVariable("id") UUID id,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        existing(id);
        var position = cursor.isEmpty() ? History.Position.NEWEST : historyPosition(cursor);
        var found = history.before(id, position, limit + 1);
        return Paging.page(found, limit, entry -> entry, last -> {
            var end = last.position();
            return Paging.cursor("%s %s %d".formatted(end.recorded(), end.journal(), end.sequence()));
        });
    }

    /** Has a host leave the fleet: its token is answered 410 from then on. */
    @DeleteMapping("/{id}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void leave(@PathVariable("id") UUID id) {
        if (!fleet.retire(id)) {
            throw absent(id);
        }
    }

    /** Has a host get another token. It fetches its new token when it polls next; until it has shown that, the present one is good. */
    @PostMapping("/{id}/token-replacement")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void replaceToken(@PathVariable("id") UUID id) {
        if (!tokens.want(id)) {
            throw absent(id);
        }
    }

    /**
     * Lifts quarantines of a host: it is told when it polls next, and applies the bundle again if that is what it is to
     * run. Names them by their ids, or all of one bundle. What is lifted already stays so.
     */
    @Answers(problems = ProblemType.NOT_FOUND)
    @PostMapping(path = "/{id}/quarantine/lift", consumes = MediaType.APPLICATION_JSON_VALUE)
    FleetHost liftQuarantine(@PathVariable("id") UUID id, @RequestBody QuarantineLift request) {
        if (!lifting.lift(id, request)) {
            throw absent(id);
        }
        return one(id);
    }

    /** Sets and removes labels of a host; what is not named stays. */
    @Answers(problems = ProblemType.NOT_FOUND)
    @PostMapping(path = "/{id}/labels", consumes = MediaType.APPLICATION_JSON_VALUE)
    FleetHost changeLabels(@PathVariable("id") UUID id, @RequestBody LabelChange change) {
        if (!labels.change(id, change)) {
            throw absent(id);
        }
        return one(id);
    }

    private HostFacts existing(UUID id) {
        return fleet.find(id).orElseThrow(() -> absent(id));
    }

    private static ProblemException absent(UUID id) {
        return ProblemType.NOT_FOUND.because("There is no host %s in the fleet.".formatted(id));
    }

    private FleetHost view(HostFacts host) {
        CatalogSnapshot snapshot = catalog.snapshot();
        var newest = snapshot.newestFor(host.kernel());
        Instant now = clock.instant();
        Reported report = host.report();
        Sha256 bundle = report == null ? null : report.bundle();
        String publication = bundle == null
                ? null
                : snapshot.withIdentity(bundle)
                        .map(BundleReference::publication)
                        .orElse(null);
        return new FleetHost(
                host.id(),
                host.hostname(),
                host.labels(),
                host.kernel(),
                report == null ? null : report.bootId(),
                report == null ? 0 : report.uptimeSeconds(),
                report == null ? AgentState.IDLE : report.state(),
                report != null && report.livepatch().inForce()
                        ? report.livepatch().level()
                        : 0,
                bundle,
                publication,
                newest.map(BundleReference::level).orElse(0L),
                ProtectionRule.of(
                        host,
                        newest,
                        bundle != null && snapshot.withdrawn().contains(bundle),
                        now,
                        settings.fleet().silentAfter()),
                report == null ? null : report.failure(),
                host.agentVersion(),
                host.enrolled(),
                host.lastSeen(),
                host.cloned() ? clones.machines(host.id()) : null,
                host.tokenWanted(),
                host.quarantined(),
                report == null ? List.of() : report.blocking());
    }

    private static Fleet.Position hostPosition(String cursor) {
        String position = Paging.position(cursor);
        int space = position.indexOf(' ');
        try {
            return new Fleet.Position(position.substring(space + 1), UUID.fromString(position.substring(0, space)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Paging.badCursor();
        }
    }

    private static History.Position historyPosition(String cursor) {
        List<String> parts = List.of(Paging.position(cursor).split(" ", -1));
        try {
            return new History.Position(
                    Instant.parse(parts.get(0)), UUID.fromString(parts.get(1)), Long.parseLong(parts.get(2)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException e) {
            throw Paging.badCursor();
        }
    }
}
