package dev.millrace.components;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Which package may know which:
 *
 * <pre>
 *   standard --> backbone, proposal, roi, preprocess --> modeling --> the root
 *   engine   --> modeling, trace, checkpoint, image              (trace, image, checkpoint --> root)
 * </pre>
 */
@AnalyzeClasses(
    packages = "dev.millrace.components",
    importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {

  private static final String ROOT = "dev.millrace.components";

  @ArchTest
  static final ArchRule computingKnowsNeitherTransportNorTimeNorParsers =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.kafka..",
              "reactor..",
              "org.reactivestreams..",
              "com.fasterxml.jackson.core..",
              "com.fasterxml.jackson.databind..",
              "tools.jackson..",
              "io.micrometer..",
              "picocli..");

  @ArchTest
  static final ArchRule tracingKnowsNoModels =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".trace..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + ".modeling..",
              ROOT + ".engine..",
              ROOT + ".standard..",
              ROOT + ".image..",
              ROOT + ".checkpoint..");

  @ArchTest
  static final ArchRule imagesAndCheckpointsKnowNoModelsAndNotEachOther =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".image..", ROOT + ".checkpoint..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              ROOT + ".modeling..", ROOT + ".engine..", ROOT + ".standard..", ROOT + ".trace..");

  @ArchTest
  static final ArchRule imagesKnowNoCheckpoints =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".image..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ROOT + ".checkpoint..");

  @ArchTest
  static final ArchRule modelsKnowNotHowTheyAreRunNorWhatShips =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".modeling..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + ".engine..", ROOT + ".standard..");

  @ArchTest
  static final ArchRule modelingKnowsNoneOfItsImplementations =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".modeling")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + ".modeling.*..", ROOT + ".trace..");

  @ArchTest
  static final ArchRule theEngineRunsWhateverItIsGiven =
      noClasses()
          .that()
          .resideInAPackage(ROOT + ".engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(ROOT + ".standard..", ROOT + ".modeling.*..");

  @ArchTest
  static final ArchRule theRootKnowsNobody =
      noClasses()
          .that()
          .resideInAPackage(ROOT)
          .should()
          .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAPackage(ROOT))));

  @ArchTest
  static final ArchRule onlyImagesUseFfmpeg =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".image..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  @ArchTest
  static final ArchRule onlyTracingWritesOnnx =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".trace..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnx.proto..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule onlyTheEngineUsesOnnxRuntimeAndPyTorch =
      noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + ".engine..")
          .and()
          .doNotHaveSimpleName("SparseRows") // DJL's interface has no sparse matrix that lasts
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("ai.onnxruntime..", "ai.djl.onnxruntime..", "ai.djl.pytorch..");

  @ArchTest
  static final ArchRule imagesAndCheckpointsNeedNoTensorLibrary =
      noClasses()
          .that()
          .resideInAnyPackage(ROOT + ".image..", ROOT + ".checkpoint..", ROOT)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule noCircles = slices().matching(ROOT + ".(**)").should().beFreeOfCycles();
}
