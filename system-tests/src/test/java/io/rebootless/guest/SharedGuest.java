package io.rebootless.guest;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests that leave no traces one guest on the newest 6.1 kernel between them, for a boot costs seconds.
 *
 * <p>A test that ended it costs the next one a boot.
 */
public final class SharedGuest implements ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(SharedGuest.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Guest.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Store store = context.getRoot().getStore(NAMESPACE);
        Guest guest = store.get(Guest.class, Guest.class);
        if (guest != null && guest.isRunning()) {
            return guest;
        }
        if (guest != null) {
            guest.close();
        }
        Guest next = Machine.with(Kernels.orSkip("newest-6.1")).boot();
        // The store closes it when all tests are done.
        store.put(Guest.class, next);
        return next;
    }
}
