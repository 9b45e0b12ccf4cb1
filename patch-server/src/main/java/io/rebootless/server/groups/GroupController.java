package io.rebootless.server.groups;

import io.rebootless.server.access.Caller;
import io.rebootless.server.problem.Answers;
import io.rebootless.server.problem.Paging;
import io.rebootless.server.problem.ProblemException;
import io.rebootless.server.problem.ProblemType;
import io.rebootless.wire.GroupMembership;
import io.rebootless.wire.HostGroup;
import io.rebootless.wire.HostGroupRequest;
import io.rebootless.wire.Page;
import java.util.ArrayList;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Groups of hosts, and why a host is in one. */
@RestController
final class GroupController {
    private final Groups groups;

    GroupController(Groups groups) {
        this.groups = groups;
    }

    /** Lists the groups by name, with the number of hosts that are in each now. */
    @GetMapping(path = "/api/v1/groups", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<HostGroup> list(
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        var found = groups.after(cursor.isEmpty() ? "" : Paging.position(cursor), limit + 1);
        return Paging.page(found, limit, groups::counted, last -> Paging.cursor(last.name()));
    }

    /** Shows one group. */
    @GetMapping(path = "/api/v1/groups/{name}", produces = MediaType.APPLICATION_JSON_VALUE)
    HostGroup one(@PathVariable("name") String name) {
        return groups.counted(groups.find(name).orElseThrow(() -> absent(name)));
    }

    /** Makes a group, or changes the one of that name. */
    @Answers({200, 201})
    @PutMapping(
            path = "/api/v1/groups/{name}",
            consumes = MediaType.APPLICATION_JSON_VALUE,
            produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<HostGroup> put(
            @AuthenticationPrincipal Caller caller,
            @PathVariable("name") String name,
            @RequestBody HostGroupRequest request) {
        Paging.given(name, "Call it like web-servers.");
        boolean fresh = groups.put(name, HostQuery.parse("query", request.query()), request, caller.name());
        return ResponseEntity.status(fresh ? HttpStatus.CREATED : HttpStatus.OK).body(one(name));
    }

    /** Deletes a group; its hosts stay as they are. */
    @DeleteMapping("/api/v1/groups/{name}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void delete(@PathVariable("name") String name) {
        if (!groups.delete(name)) {
            throw absent(name);
        }
    }

    /** Says of groups, by name, whether a host is in them, and what each comparison of their queries came to. */
    @GetMapping(path = "/api/v1/hosts/{id}/groups", produces = MediaType.APPLICATION_JSON_VALUE)
    Page<GroupMembership> ofHost(
            @PathVariable("id") UUID id,
            @RequestParam(name = "limit", defaultValue = Paging.DEFAULT_LIMIT) int limit,
            @RequestParam(name = "cursor", defaultValue = "") String cursor) {
        Paging.checkLimit(limit);
        groups.demandHost(id);
        var found = groups.after(cursor.isEmpty() ? "" : Paging.position(cursor), limit + 1);
        var explained = new ArrayList<GroupMembership>();
        found.forEach(group -> groups.explain(id, group).ifPresent(explained::add));
        return Paging.page(explained, limit, one -> one, last -> Paging.cursor(last.group()));
    }

    private static ProblemException absent(String name) {
        return ProblemType.NOT_FOUND.because(
                "There is no group %s.".formatted(Paging.clean("name", Paging.brief(name))),
                "`rebootless group list` shows them.");
    }
}
