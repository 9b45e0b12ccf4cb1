package io.rebootless.server.audit;

/**
 * Whether somebody may still do what is being recorded. A request's key is looked at before its body has come, which may
 * take minutes: what was so then need not be so now.
 */
public interface Entitlement {
    /**
     * To be asked in the change's own transaction; the answer holds until that ends.
     *
     * @throws io.rebootless.server.problem.ProblemException if the actor may do nothing any more
     */
    void confirm(Actor actor);
}
