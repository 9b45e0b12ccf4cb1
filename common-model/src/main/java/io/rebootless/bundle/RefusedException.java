package io.rebootless.bundle;

/** A bundle was refused, for the one stated reason. Checked, so that nobody forgets that a bundle can be hostile. */
public final class RefusedException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.message());
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
