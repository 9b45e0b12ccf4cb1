package io.rebootless.cli.server;

import io.rebootless.cli.Output;
import io.rebootless.wire.Hold;
import io.rebootless.wire.HoldRequest;
import io.rebootless.wire.NamedPlan;
import io.rebootless.wire.Rollout;
import io.rebootless.wire.RolloutHost;
import io.rebootless.wire.RolloutHostState;
import io.rebootless.wire.RolloutLever;
import io.rebootless.wire.RolloutOrder;
import io.rebootless.wire.RolloutPlan;
import io.rebootless.wire.RolloutPlanChoice;
import io.rebootless.wire.Touched;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.core.type.TypeReference;

/** The part of the patch server's API that is about how publications reach hosts, and what holds hosts back. */
public final class RolloutApi {
    private static final String ROLLOUTS = "/api/v1/rollouts";
    private static final String PLANS = "/api/v1/plans";
    private static final String HOLDS = "/api/v1/holds";

    private final ServerConnection server;

    private RolloutApi(ServerConnection server) {
        this.server = server;
    }

    /** Gets ready to talk to the server that the options name; nothing is sent yet. */
    public static RolloutApi connect(ServerOptions options) throws IOException {
        return new RolloutApi(ServerConnection.to(options));
    }

    public List<Rollout> rollouts() throws IOException {
        return server.all(ROLLOUTS + "?limit=500", new TypeReference<>() {});
    }

    public Rollout rollout(String publication) throws IOException {
        return server.get(path(publication), new TypeReference<>() {});
    }

    /** Its hosts, by name. */
    public List<RolloutHost> hosts(String publication, Optional<RolloutHostState> state) throws IOException {
        String filter = state.map(one -> "&state=" + Output.word(one)).orElse("");
        return server.all(path(publication) + "/hosts?limit=500" + filter, new TypeReference<>() {});
    }

    /** Which hosts a lever would touch. */
    public Touched preview(String publication, RolloutLever lever) throws IOException {
        return server.get(path(publication) + "/preview?lever=" + Output.word(lever), new TypeReference<>() {});
    }

    /** Chooses the plan of a rollout that has not begun. */
    public Rollout choose(String publication, String plan) throws IOException {
        return server.put(path(publication), new RolloutPlanChoice(plan), new TypeReference<>() {});
    }

    /** Forgets the plan that was chosen for a publication that is still to come. */
    public void forget(String publication) throws IOException {
        server.send("DELETE", path(publication));
    }

    /** Pulls a lever, but for the one that withdraws. */
    public Rollout pull(String publication, RolloutLever lever, RolloutOrder order) throws IOException {
        String place = lever == RolloutLever.APPROVE ? "approval" : Output.word(lever);
        return server.post(path(publication) + "/" + place, order, new TypeReference<>() {});
    }

    public List<NamedPlan> plans() throws IOException {
        return server.all(PLANS + "?limit=500", new TypeReference<>() {});
    }

    public NamedPlan plan(String name) throws IOException {
        return server.get(PLANS + "/" + ServerConnection.encode(name), new TypeReference<>() {});
    }

    /** Makes it, or changes the one of that name. */
    public NamedPlan put(String name, RolloutPlan plan) throws IOException {
        return server.put(PLANS + "/" + ServerConnection.encode(name), plan, new TypeReference<>() {});
    }

    public void deletePlan(String name) throws IOException {
        server.send("DELETE", PLANS + "/" + ServerConnection.encode(name));
    }

    public List<Hold> holds() throws IOException {
        return server.all(HOLDS + "?limit=500", new TypeReference<>() {});
    }

    /** Which hosts a hold would touch. */
    public Touched preview(HoldRequest request) throws IOException {
        return server.post(HOLDS + "/preview", request, new TypeReference<>() {});
    }

    public Hold hold(HoldRequest request) throws IOException {
        return server.create(HOLDS, request, new TypeReference<>() {});
    }

    /** Which hosts the lifting of a hold would touch. */
    public Touched previewLift(UUID hold) throws IOException {
        return server.get(HOLDS + "/" + hold + "/preview", new TypeReference<>() {});
    }

    public void lift(UUID hold) throws IOException {
        server.send("DELETE", HOLDS + "/" + hold);
    }

    private static String path(String publication) {
        return ROLLOUTS + "/" + ServerConnection.encode(publication);
    }
}
