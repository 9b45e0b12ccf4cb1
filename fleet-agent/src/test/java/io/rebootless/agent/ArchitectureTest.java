package io.rebootless.agent;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;

/** The walls between the rooms. */
@AnalyzeClasses(packages = "io.rebootless.agent", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.rebootless.agent.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule LIGHT = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", "org.slf4j..", "java.util.logging..", "java.net.http..");

    /** What is decided depends on what is handed in: no file, no clock, no chance. */
    @ArchTest
    static final ArchRule PURE_DECISION = noClasses()
            .that()
            .haveNameMatching(
                    ".*\\.(cycle\\.(Decision|Situation|Step|Checked|Rules|Round|SoakWatch|Stalls)|guard\\.CrashGuard)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.random..", "..agent.server..");

    /** What preflight has found is judged by the facts alone. */
    @ArchTest
    static final ArchRule PURE_JUDGEMENT = noClasses()
            .that()
            .implement("io.rebootless.agent.preflight.Check")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio..", "java.net..", "java.util.random..", "..agent.server..");

    /** A directory that cannot be read to its end is an IOException for everybody. */
    @ArchTest
    static final ArchRule DIRECTORIES_ARE_LISTED_IN_ONE_WAY = noClasses()
            .that()
            .doNotHaveSimpleName("Listing")
            .should()
            .callMethodWhere(target(owner(type(Files.class)))
                    .and(target(nameMatching("newDirectoryStream|list|walk|walkFileTree|find"))));

    @ArchTest
    static final ArchRule ONLY_COMMANDS_SPEAK_TO_THE_TERMINAL = noClasses()
            .that()
            .resideOutsideOfPackages("..agent", "..command..", "..log..")
            .should()
            .accessField(System.class, "out");

    @ArchTest
    static final ArchRule SIMPLE_NAMES = classes()
            .should()
            .haveSimpleNameNotEndingWith("Util")
            .andShould()
            .haveSimpleNameNotEndingWith("Helper")
            .andShould()
            .haveSimpleNameNotEndingWith("Manager")
            .andShould()
            .haveSimpleNameNotEndingWith("Impl");
}
