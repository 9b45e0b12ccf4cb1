package io.rebootless.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the features. */
@AnalyzeClasses(packages = "io.rebootless", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.rebootless.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule COMMON_MODEL_KNOWS_NO_SERVER = noClasses()
            .that(resideInAPackage("io.rebootless..").and(not(resideInAPackage("io.rebootless.server.."))))
            .should()
            .dependOnClassesThat(
                    resideInAnyPackage("org.springframework..", "jakarta..", "java.sql..", "io.rebootless.server.."));

    @ArchTest
    static final ArchRule ROWS_STAY_AT_HOME = classes()
            .that()
            .haveSimpleNameEndingWith("Row")
            .or()
            .haveSimpleNameEndingWith("Rows")
            .should()
            .notBePublic();

    @ArchTest
    static final ArchRule CONTROLLERS_STAY_AT_HOME =
            classes().that().haveSimpleNameEndingWith("Controller").should().notBePublic();

    @ArchTest
    static final ArchRule ACCESS_KNOWS_NO_FEATURE = noClasses()
            .that()
            .resideInAPackage("io.rebootless.server.access..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "io.rebootless.server.catalog..",
                    "io.rebootless.server.fleet..",
                    "io.rebootless.server.delivery..",
                    "io.rebootless.server.compliance..",
                    "io.rebootless.server.kernels..",
                    "io.rebootless.server.scrub.."));

    @ArchTest
    static final ArchRule CATALOG_KNOWS_NO_HOST = noClasses()
            .that()
            .resideInAPackage("io.rebootless.server.catalog..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "io.rebootless.server.fleet..",
                    "io.rebootless.server.delivery..",
                    "io.rebootless.server.compliance..",
                    "io.rebootless.server.kernels.."));

    @ArchTest
    static final ArchRule BUNDLES_ARE_NOT_FILES = noClasses()
            .that()
            .resideInAnyPackage("io.rebootless.server.catalog..", "io.rebootless.server.scrub..")
            .should()
            .dependOnClassesThat(resideInAPackage("java.nio.file.."))
            .as("only a store of blobs knows where they lie, so that it can be another one");

    @ArchTest
    static final ArchRule DECISIONS_TOUCH_NOTHING = noClasses()
            .that()
            .haveNameMatching(".*\\.(?:(Directive|Protection|Gate|Publication|Coverage)Rules?|AuthorityRotation)")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.springframework..", "jakarta..", "java.sql..", "java.nio.file..", "java.time.Clock"));

    @ArchTest
    static final ArchRule NOTHING_IS_INJECTED_INTO_FIELDS =
            fields().should().notBeAnnotatedWith("org.springframework.beans.factory.annotation.Autowired");

    @ArchTest
    static final ArchRule NO_STATIC_STATE = fields().that().areStatic().should().haveModifier(JavaModifier.FINAL);
}
