package io.rebootless.product;

import io.rebootless.guest.DebianKernel;
import io.rebootless.guest.KernelNotOffered;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.BeforeClassTemplateInvocationCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * The kernels of {@link KernelScenarios}. One that the mirror has dropped is skipped by name; one that cannot be had for
 * another reason, or for which the module does not build, is a failure of that kernel alone.
 *
 * <p>Fetching and building is done here because it may take minutes, and the tests' time limits are for tests.
 */
final class ScenarioKernels implements ArgumentsProvider, BeforeClassTemplateInvocationCallback {
    private static final String FEW = "newest-5.10,newest-6.1,newest-7";
    /** The oldest cloud kernel, so that it is another build and not only another flavour. */
    private static final String ALL = "newest-5.10,newest-6.1,oldest-6.1-cloud,newest-6.12,newest-7,debug-6.1";

    private static final Namespace NAMESPACE = Namespace.create(ScenarioKernels.class);

    private static List<String> names(Class<?> scenarios) {
        boolean debugOnly = scenarios.isAnnotationPresent(DebugKernelOnly.class);
        String names = System.getProperty("rebootless.kernels", Boolean.getBoolean("rebootless.long") ? "all" : FEW);
        return Stream.of((names.equals("all") ? ALL : names).split(","))
                .filter(name -> !debugOnly || name.startsWith("debug-"))
                .toList();
    }

    @Override
    public Stream<Arguments> provideArguments(ParameterDeclarations parameters, ExtensionContext context) {
        Store store = context.getStore(NAMESPACE);
        LinkedHashSet<String> releases = new LinkedHashSet<>();
        List<Arguments> kernels = new ArrayList<>();
        for (String name : names(context.getRequiredTestClass())) {
            try {
                DebianKernel kernel = DebianKernel.get(name);
                // Two names may mean one kernel, where the mirror holds a single build.
                if (releases.add(kernel.release())) {
                    kernels.add(Arguments.argumentSet(kernel.release(), kernel));
                }
            } catch (RuntimeException e) {
                // Nobody gets to see the null: the invocation ends before there is a test instance.
                kernels.add(Arguments.argumentSet(name, (Object) null));
                store.put(name, e);
            }
        }
        return kernels.stream();
    }

    @Override
    public void beforeClassTemplateInvocation(ExtensionContext context) {
        String name = context.getDisplayName();
        RuntimeException reason = context.getStore(NAMESPACE).get(name, RuntimeException.class);
        if (reason instanceof KernelNotOffered) {
            Assumptions.abort(reason.getMessage());
        }
        if (reason != null) {
            throw reason;
        }
        ModuleBuild.of(DebianKernel.get(name));
    }
}
