package io.rebootless.cli.server;

import io.rebootless.wire.GroupMembership;
import io.rebootless.wire.HostGroup;
import io.rebootless.wire.HostGroupRequest;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;

/** The part of the patch server's API that is about groups of hosts. */
public final class HostGroups {
    private static final String GROUPS = "/api/v1/groups";

    private final ServerConnection server;

    private HostGroups(ServerConnection server) {
        this.server = server;
    }

    /** Gets ready to talk to the server that the options name; nothing is sent yet. */
    public static HostGroups connect(ServerOptions options) throws IOException {
        return new HostGroups(ServerConnection.to(options));
    }

    public List<HostGroup> list() throws IOException {
        return server.all(GROUPS + "?limit=500", new TypeReference<>() {});
    }

    public HostGroup show(String name) throws IOException {
        return server.get(path(name), new TypeReference<>() {});
    }

    /** Makes it, or changes the one of that name. */
    public HostGroup put(String name, HostGroupRequest request) throws IOException {
        return server.put(path(name), request, new TypeReference<>() {});
    }

    public void delete(String name) throws IOException {
        server.send("DELETE", path(name));
    }

    /** Of every group, whether and why a host is in it. */
    public List<GroupMembership> of(UUID host) throws IOException {
        return server.all("/api/v1/hosts/%s/groups?limit=500".formatted(host), new TypeReference<>() {});
    }

    private static String path(String name) {
        return GROUPS + "/" + ServerConnection.encode(name);
    }
}
