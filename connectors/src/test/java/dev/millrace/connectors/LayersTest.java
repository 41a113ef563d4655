package dev.millrace.connectors;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
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
  void streetsArePureArithmetic() {
    noClasses()
        .that()
        .resideInAPackage("..connectors.street..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.awt..",
            "javax.imageio..",
            "java.util.random..",
            "dev.millrace.connectors.video..",
            "dev.millrace.connectors.kafka..")
        .orShould()
        .callMethod(Math.class, "sin", double.class)
        .orShould()
        .callMethod(Math.class, "cos", double.class)
        .orShould()
        .callMethod(Math.class, "tan", double.class)
        .orShould()
        .callMethod(Math.class, "atan2", double.class, double.class)
        .orShould()
        .callMethod(Math.class, "exp", double.class)
        .orShould()
        .callMethod(Math.class, "pow", double.class, double.class)
        .check(connectors);
  }
}
