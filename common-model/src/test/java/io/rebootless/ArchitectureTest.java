package io.rebootless;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What {@code common-model} may know. */
@AnalyzeClasses(packages = "io.rebootless", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule only_json_and_crypto_libraries_are_used = classes()
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "java..",
                    "io.rebootless..",
                    "org.jspecify..",
                    "tools.jackson..",
                    "com.fasterxml.jackson.annotation..",
                    "org.bouncycastle..");

    @ArchTest
    static final ArchRule no_package_depends_on_one_that_depends_on_it =
            slices().matching("io.rebootless.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule signatures_are_taken_apart_in_one_place = noClasses()
            .that()
            .resideOutsideOfPackage("io.rebootless.trust")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule the_format_knows_nothing_of_who_signs_or_what_crosses_the_wire = noClasses()
            .that()
            .resideInAnyPackage("io.rebootless.bundle", "io.rebootless.kernel")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.rebootless.trust", "io.rebootless.wire");

    /** What is not read from a stream or a file given by the caller is not this module's business. */
    @ArchTest
    static final ArchRule nothing_here_talks_to_a_network =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("java.net..", "javax.net..");
}
