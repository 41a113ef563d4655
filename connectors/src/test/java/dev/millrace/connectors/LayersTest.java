package dev.millrace.connectors;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who may know whom in here. Think hard before you loosen one of these. */
class LayersTest {
  private static JavaClasses connectors;

  @BeforeAll
  static void read() {
    connectors =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.millrace.connectors");
  }

  @Test
  void connectorsKnowNothingOfModelsOrThePipeline() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "dev.millrace.components..", "dev.millrace.pipeline..", "ai.djl..", "ai.onnxruntime..")
        .check(connectors);
  }

  @Test
  void onlyTheEmbeddedBrokerTouchesKafkasServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..kafka.embedded..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "kafka..",
            "scala..",
            "org.apache.kafka.metadata..",
            "org.apache.kafka.server..",
            "org.apache.kafka.storage..",
            "org.apache.kafka.raft..",
            "org.apache.kafka.controller..",
            "org.apache.kafka.image..",
            "org.apache.kafka.coordinator..")
        .check(connectors);
  }

  @Test
  void oneClassKnowsTheServersInternals() {
    noClasses()
        .that()
        .doNotHaveSimpleName("Node")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("kafka..", "org.apache.kafka.metadata..")
        .check(connectors);
  }

  @Test
  void onlyVideoUsesFfmpeg() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..video..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(connectors);
  }

  @Test
  void onlyKafkaKnowsKafka() {
    noClasses()
        .that()
        .resideOutsideOfPackages("..connectors.kafka..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.kafka..")
        .check(connectors);
  }

  @Test
  void streetsNeedNothingButJava() {
    classes()
        .that()
        .resideInAPackage("..connectors.street..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java.lang..",
            "java.util..",
            "org.jspecify.annotations..",
            "dev.millrace.connectors",
            "dev.millrace.connectors.street..")
        .check(connectors);
  }

  /** What {@link Math} computes to the last bit alike everywhere. */
  private static final Set<String> EXACT =
      Set.of("abs", "ceil", "copySign", "floor", "max", "min", "round", "signum", "sqrt");

  @Test
  void streetsAreTheSameOnEveryMachine() {
    noClasses()
        .that()
        .resideInAPackage("..connectors.street..")
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "Math may round differently elsewhere: use StrictMath",
                (JavaMethodCall call) ->
                    call.getTargetOwner().isEquivalentTo(Math.class)
                        && !EXACT.contains(call.getTarget().getName())))
        .check(connectors);
  }
}
