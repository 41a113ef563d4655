package dev.millrace.pipeline;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Inside this module what is named points one way:
 *
 * <pre>
 * cli --&gt; everything
 * console, metrics --&gt; revision --&gt; stream
 * config, plugin: leaves, each for itself
 * </pre>
 */
@AnalyzeClasses(
    packages = "dev.millrace",
    importOptions = {ImportOption.DoNotIncludeTests.class})
class LayersTest {
  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.millrace.pipeline.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule configKnowsOnlyWhatItBinds =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.pipeline.config")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.pipeline.plugin..",
              "dev.millrace.pipeline.stream..",
              "dev.millrace.pipeline.revision..",
              "dev.millrace.pipeline.metrics..",
              "dev.millrace.pipeline.console..",
              "dev.millrace.pipeline.cli..",
              "ai.djl..",
              "org.apache.kafka..");

  @ArchTest
  static final ArchRule pluginsKnowOnlyComponents =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.pipeline.plugin")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.pipeline.config..",
              "dev.millrace.pipeline.stream..",
              "dev.millrace.pipeline.revision..",
              "dev.millrace.pipeline.metrics..",
              "dev.millrace.pipeline.console..",
              "dev.millrace.pipeline.cli..",
              "dev.millrace.connectors..",
              "ai.djl..",
              "reactor..");

  @ArchTest
  static final ArchRule nothingKnowsTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.millrace.pipeline.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.millrace.pipeline.cli..");

  @ArchTest
  static final ArchRule onlyTheRootKnowsBothLeaves =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.components..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.millrace.connectors..",
              "dev.millrace.pipeline..",
              "reactor..",
              "org.apache.kafka..");

  @ArchTest
  static final ArchRule connectorsKnowNoModel =
      noClasses()
          .that()
          .resideInAPackage("dev.millrace.connectors..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.millrace.components..", "dev.millrace.pipeline..", "ai.djl..");
}
