package io.rebootless.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** How the command line's rooms may know each other. */
@AnalyzeClasses(packages = "io.rebootless.cli", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule features_do_not_depend_on_each_other_in_circles =
            slices().matching("io.rebootless.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule signing_needs_no_network = noClasses()
            .that()
            .resideInAnyPackage("io.rebootless.cli.keys", "io.rebootless.cli.kernel")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.net..", "io.rebootless.cli.server");

    @ArchTest
    static final ArchRule one_room_talks_to_the_server = noClasses()
            .that()
            .resideOutsideOfPackage("io.rebootless.cli.server")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.net.http..");
}
