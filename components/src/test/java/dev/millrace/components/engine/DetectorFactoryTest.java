package dev.millrace.components.engine;

import static dev.millrace.components.testing.TreeBinder.node;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.checkpoint.ParameterReport;
import dev.millrace.components.checkpoint.ParameterReport.Trouble;
import dev.millrace.components.checkpoint.Safetensors;
import dev.millrace.components.checkpoint.Tensor;
import dev.millrace.components.checkpoint.WeightsConfig;
import dev.millrace.components.checkpoint.WeightsStore;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.Detection;
import dev.millrace.components.modeling.Detections;
import dev.millrace.components.modeling.Detector;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.ModelConfig;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.testing.TreeBinder;
import dev.millrace.components.testing.TwoLevels;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a configuration to detectors: what is refused, what is shared, what is closed. */
class DetectorFactoryTest {

  private static final EngineConfig CPU = new EngineConfig("compiled", "cpu", "fp32", 1);

  /** It takes none. */
  private record NoArgs() {}

  /** Gives another number of channels than it says. */
  private static final class Miscounted extends Backbone {
    private final TwoLevels.TwoLevelBackbone inner = add("inner", new TwoLevels.TwoLevelBackbone());

    @Override
    public FeatureMaps forward(Forward f, ai.djl.ndarray.NDArray image) {
      return inner.forward(f, image);
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return Map.of("p2", new ShapeSpec(8, 4), "p3", new ShapeSpec(12, 8));
    }
  }

  /** Says that it fits, and does not. */
  private static final class Lying extends Backbone {
    @Override
    public FeatureMaps forward(Forward f, ai.djl.ndarray.NDArray image) {
      return new FeatureMaps(Map.of("p2", image.add(image.reshape(1, 3, 2)), "p3", image));
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return new TwoLevels.TwoLevelBackbone().outputShape();
    }
  }

  /** Lacks a class from its fourth pass on, in the midst of warming: the first is the plan's. */
  private static final class Incomplete extends Backbone {
    private final TwoLevels.TwoLevelBackbone inner = add("inner", new TwoLevels.TwoLevelBackbone());
    private int passes;

    @Override
    public FeatureMaps forward(Forward f, ai.djl.ndarray.NDArray image) {
      if (++passes == 4) {
        throw new NoClassDefFoundError("org/example/Forgotten");
      }
      return inner.forward(f, image);
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return inner.outputShape();
    }
  }

  private final AtomicInteger asked = new AtomicInteger();
  private final DetectorFactory factory =
      new DetectorFactory(
          registries(),
          new TreeBinder(),
          config -> {
            asked.incrementAndGet();
            return Optional.empty();
          });
  private long open;

  private static Registries registries() {
    Registries registries = StandardComponents.registries();
    registries
        .of(Backbone.class)
        .register("TwoLevel", "", NoArgs.class, (a, b) -> new TwoLevels.TwoLevelBackbone())
        .register(
            "Silent",
            "",
            NoArgs.class,
            (a, b) -> {
              throw new IllegalStateException();
            })
        .register("Lying", "", NoArgs.class, (a, b) -> new Lying())
        .register("Incomplete", "", NoArgs.class, (a, b) -> new Incomplete())
        .register("Miscounted", "", NoArgs.class, (a, b) -> new Miscounted());
    return registries;
  }

  @BeforeEach
  void count() {
    open = Natives.createdCount() - Natives.closedCount();
  }

  @AfterEach
  void everythingIsClosed() {
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  /** The parts of a configuration that the tests change. */
  private static ModelConfig model(
      String backbone, double scoreThreshold, int maxDetections, long seed) {
    return model(TwoLevels.architecture(node(backbone), scoreThreshold), maxDetections, seed);
  }

  private static ModelConfig model(Map<String, Object> architecture, int most, long seed) {
    return new ModelConfig(
        TreeBinder.config("model.preprocessor", node("ResizeShortestEdge", "minSize", 64)),
        TreeBinder.config("model.architecture", architecture),
        TreeBinder.config(
            "model.postprocessor", node("DetectionPostprocessor", "maxDetections", most)),
        List.of(
            new ModelConfig.ObjectClass("cat", 1),
            new ModelConfig.ObjectClass("dog", 2),
            new ModelConfig.ObjectClass("cow", 3)),
        new WeightsConfig(null, null, null, List.of("**"), null, seed, null));
  }

  private static ModelConfig usual() {
    return model("TwoLevel", 0.05, 100, 42);
  }

  private static Frame frame(int seed) {
    byte[] pixels = new byte[3 * 96 * 72];
    new Random(seed).nextBytes(pixels);
    return new Frame(96, 72, pixels);
  }

  private static SharedParts parts(Detector detector) {
    return ((LoadedModel) detector).parts();
  }

  private static Object component(Detector detector, Class<?> kind) {
    return ((LoadedModel) detector)
        .components().entrySet().stream()
            .filter(e -> e.getKey().kind() == kind)
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
  }

  /** For who imports weights: all that fits and does not, nothing built, nothing thrown. */
  @Test
  void reportsHowWeightsFitWithoutLoadingThem(@TempDir Path folder) {
    Path file = folder.resolve("net.safetensors");
    ParameterReport all = factory.report(usual());
    assertThat(all.misfits()).isEmpty();
    assertThat(all.initialized()).contains("roi_heads.box_head.fc1.weight");
    Safetensors.write(
        file,
        Map.of(
            "roi_heads.box_head.fc1.bias", Tensor.of(new float[16], 16),
            "roi_heads.box_head.fc2.bias", Tensor.of(new float[16], 16)),
        Map.of());
    WeightsConfig weights =
        new WeightsConfig("net.safetensors", null, null, null, null, null, null);
    ModelConfig usual = usual();
    ModelConfig model =
        new ModelConfig(
            usual.preprocessor(),
            usual.architecture(),
            usual.postprocessor(),
            usual.classes(),
            weights);
    ParameterReport report =
        new DetectorFactory(
                registries(),
                new TreeBinder(),
                config -> Optional.of(new WeightsStore.Found(file, "00")))
            .report(model);
    assertThat(report.matched()).containsOnlyKeys("roi_heads.box_head.fc1.bias");
    assertThat(report.names(Trouble.SURPLUS)).containsExactly("roi_heads.box_head.fc2.bias");
    assertThat(report.names(Trouble.MISSING)).hasSize(all.initialized().size() - 1);
    assertThat(report.describe()).contains("missing  roi_heads.box_head.fc1.weight");
  }

  @Test
  void detectsInSourcePixelsAndAsOneByOne() {
    try (Detector detector = factory.build(usual(), CPU, 1, List.of()).get(0)) {
      List<Detections> together = detector.detect(List.of(frame(1), frame(2)));
      assertThat(together).hasSize(2);
      List<Detection> first = together.get(0).objects();
      assertThat(first).isNotEmpty();
      assertThat(first).allSatisfy(d -> assertThat(d.x2()).isBetween(d.x1(), 96f));
      assertThat(first).allSatisfy(d -> assertThat(d.y2()).isBetween(d.y1(), 72f));
      assertThat(first).extracting(Detection::label).isSubsetOf("cat", "dog", "cow");
      assertThat(first)
          .extracting(Detection::score)
          .isSortedAccordingTo((a, b) -> Float.compare(b, a));
      List<Detection> alone = detector.detect(List.of(frame(1))).get(0).objects();
      assertThat(alone).hasSameSizeAs(first);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(alone.get(i).score())
            .isCloseTo(first.get(i).score(), org.assertj.core.data.Offset.offset(1e-4f));
      }
      assertThat(detector.plan()).contains("normalize > backbone > proposal_generator > roi_heads");
      assertThat(detector.nativeBytes()).isPositive();
      assertThat(detector.weightsHash()).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void afterBuildingNoSizeNeedsAProgramMore() {
    try (Detector detector = factory.build(usual(), CPU, 1, List.of()).get(0)) {
      long created = Natives.createdCount();
      for (int[] size : new int[][] {{96, 72}, {72, 96}, {192, 108}, {108, 192}, {64, 64}}) {
        Frame frame = new Frame(size[0], size[1], new byte[3 * size[0] * size[1]]);
        detector.detect(List.of(frame));
        detector.detect(List.of(frame, frame, frame));
        assertThat(Natives.createdCount()).as("%d x %d", size[0], size[1]).isEqualTo(created);
      }
    }
  }

  @Test
  void whatWasOpenedIsClosedWhenAPluginLacksAClass() {
    assertThatThrownBy(() -> factory.build(model("Incomplete", 0.05, 9, 1), CPU, 2, List.of()))
        .isInstanceOf(NoClassDefFoundError.class);
  }

  @Test
  void anUnknownNameIsRefusedWithTheNearestOne() {
    assertThatThrownBy(() -> factory.build(model("TwoLevle", 0.05, 9, 1), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.backbone.name")
        .hasMessageContaining("no backbone is registered as 'TwoLevle'")
        .hasMessageContaining("Did you mean TwoLevel?")
        .hasMessageContaining("FbNetV3");
    assertThat(asked).as("the weights were not asked for").hasValue(0);
  }

  @Test
  void partsThatDoNotFitAreRefusedBeforeWeightsAreLookedFor() {
    assertThatThrownBy(() -> factory.build(model("Miscounted", 0.05, 9, 1), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.proposalGenerator")
        .hasMessageContaining("same number of channels");
    assertThat(asked).hasValue(0);
  }

  @Test
  void aBackboneThatDoesNotGiveWhatItSaysIsRefusedBeforeWeightsAreLookedFor() {
    assertThatThrownBy(() -> factory.build(model("Lying", 0.05, 9, 1), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture")
        .hasMessageContaining("(Lying) does not fit what comes in");
    assertThat(asked).hasValue(0);
  }

  @Test
  void aComponentThatIsNotNamedIsMissedByItsKind() {
    Map<String, Object> rpn = node("Rpn", "inFeatures", List.of("p2"));
    Map<String, Object> architecture =
        node("GeneralizedRcnn", "backbone", node("TwoLevel"), "proposalGenerator", rpn);
    assertThatThrownBy(() -> factory.build(model(architecture, 9, 1), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.proposalGenerator")
        .hasMessageContaining("expected an anchor generator, found none");
  }

  @Test
  void aFactoryThatFailsWithoutAMessageIsNamedByItsException() {
    assertThatThrownBy(() -> factory.build(model("Silent", 0.05, 9, 1), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Silent cannot be made: java.lang.IllegalStateException.");
  }

  @Test
  void aFeatureMapThatIsNotThereIsRefusedByName() {
    Map<String, Object> architecture =
        node(
            "GeneralizedRcnn",
            "backbone",
            node("TwoLevel"),
            "proposalGenerator",
            node("Rpn", "inFeatures", List.of("p4")),
            "roiHeads",
            node("StandardRoiHeads"));
    assertThatThrownBy(() -> factory.build(model(architecture, 9, 1), CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture.proposalGenerator.inFeatures")
        .hasMessageContaining("no feature map 'p4'");
    assertThat(asked).hasValue(0);
  }

  @Test
  void parametersThatNothingFillsAreListed() {
    ModelConfig usual = usual();
    ModelConfig lacking =
        new ModelConfig(
            usual.preprocessor(),
            usual.architecture(),
            usual.postprocessor(),
            usual.classes(),
            new WeightsConfig(null, null, null, List.of("roi_heads.**"), null, 1L, null));
    assertThatThrownBy(() -> factory.build(lacking, CPU, 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.weights")
        .hasMessageContaining("backbone.stem.weight");
  }

  @Test
  void anotherPostprocessorSharesTheNetwork() {
    Detector old = factory.build(usual(), CPU, 1, List.of()).get(0);
    long created = Natives.createdCount();
    Detector fresh = factory.build(model("TwoLevel", 0.05, 1, 42), CPU, 1, List.of(old)).get(0);
    assertThat(parts(fresh)).isSameAs(parts(old));
    assertThat(Natives.createdCount()).as("nothing was built").isEqualTo(created);
    int before = old.detect(List.of(frame(1))).get(0).objects().size();
    assertThat(before).isGreaterThan(1);
    old.close();
    assertThat(fresh.detect(List.of(frame(1))).get(0).objects()).hasSize(1);
    fresh.close();
  }

  @Test
  void anotherThresholdSharesBackboneAndWeightsButNotPrograms() {
    Detector old = factory.build(usual(), CPU, 1, List.of()).get(0);
    Detector fresh = factory.build(model("TwoLevel", 0.9, 100, 42), CPU, 1, List.of(old)).get(0);
    assertThat(parts(fresh)).isNotSameAs(parts(old));
    assertThat(component(fresh, Backbone.class)).isSameAs(component(old, Backbone.class));
    assertThat(component(fresh, dev.millrace.components.modeling.roi.BoxPredictor.class))
        .isNotSameAs(component(old, dev.millrace.components.modeling.roi.BoxPredictor.class));
    ai.djl.nn.Parameter stem =
        ((Backbone) component(fresh, Backbone.class)).parameters().get("stem.weight");
    assertThat(parts(fresh).weights().tensor(stem))
        .as("the same memory for the same weights")
        .isSameAs(parts(old).weights().tensor(stem));
    ai.onnxruntime.OnnxTensor shared = parts(old).weights().tensor(stem);
    int before = old.detect(List.of(frame(1))).get(0).objects().size();
    int after = fresh.detect(List.of(frame(1))).get(0).objects().size();
    assertThat(after).isLessThan(before);
    fresh.close();
    assertThat(shared.isClosed()).as("while the old one uses it").isFalse();
    assertThat(old.detect(List.of(frame(1))).get(0).objects()).hasSize(before);
    old.close();
    assertThat(shared.isClosed()).isTrue();
  }

  @Test
  void anotherSeedSharesNoWeights() {
    Detector old = factory.build(usual(), CPU, 1, List.of()).get(0);
    Detector fresh = factory.build(model("TwoLevel", 0.05, 100, 43), CPU, 1, List.of(old)).get(0);
    assertThat(parts(fresh)).isNotSameAs(parts(old));
    assertThat(parts(fresh).weights()).isNotSameAs(parts(old).weights());
    assertThat(fresh.weightsHash()).isNotEqualTo(old.weightsHash());
    old.close();
    fresh.close();
  }

  @Test
  void everyLaneHasSessionsOfItsOwnAndTheWeightsInCommon() {
    List<Detector> lanes = factory.build(usual(), CPU, 2, List.of());
    assertThat(parts(lanes.get(0))).isNotSameAs(parts(lanes.get(1)));
    assertThat(parts(lanes.get(0)).list().get(0)).isNotSameAs(parts(lanes.get(1)).list().get(0));
    assertThat(parts(lanes.get(0)).weights()).isSameAs(parts(lanes.get(1)).weights());
    assertThat(component(lanes.get(1), Postprocessor.class))
        .as("one for all lanes, as its contract says")
        .isSameAs(component(lanes.get(0), Postprocessor.class));
    lanes.get(0).close();
    assertThat(lanes.get(1).detect(List.of(frame(3)))).hasSize(1);
    lanes.get(1).close();
  }

  @Test
  void twoLanesKeepTheirPartsOverASwapOfThePostprocessor() {
    List<Detector> old = factory.build(usual(), CPU, 2, List.of());
    List<Detector> fresh = factory.build(model("TwoLevel", 0.05, 1, 42), CPU, 2, old);
    for (int lane = 0; lane < 2; lane++) {
      assertThat(parts(fresh.get(lane))).isSameAs(parts(old.get(lane)));
    }
    fresh.forEach(Detector::close);
    old.forEach(Detector::close);
  }

  @Test
  void aPredecessorMayBeClosedAlready() {
    Detector old = factory.build(usual(), CPU, 1, List.of()).get(0);
    int before = old.detect(List.of(frame(1))).get(0).objects().size();
    old.close();
    old.close();
    Detector fresh = factory.build(usual(), CPU, 1, List.of(old)).get(0);
    assertThat(fresh.detect(List.of(frame(1))).get(0).objects()).hasSize(before);
    fresh.close();
  }

  @Test
  void aChainOfSwapsClosesInAnyOrder() {
    Detector a = factory.build(usual(), CPU, 1, List.of()).get(0);
    Detector b = factory.build(model("TwoLevel", 0.2, 100, 42), CPU, 1, List.of(a)).get(0);
    Detector c = factory.build(model("TwoLevel", 0.2, 5, 42), CPU, 1, List.of(b)).get(0);
    Detector d = factory.build(usual(), CPU, 1, List.of(c)).get(0);
    b.close();
    d.close();
    assertThat(c.detect(List.of(frame(4)))).hasSize(1);
    a.close();
    assertThat(c.detect(List.of(frame(4)))).hasSize(1);
    c.close();
  }

  @Test
  void moreLanesThanBeforeShareWhatTheyCan() {
    List<Detector> old = factory.build(usual(), CPU, 1, List.of());
    List<Detector> fresh = factory.build(usual(), CPU, 2, old);
    assertThat(fresh).hasSize(2);
    assertThat(parts(fresh.get(0)).weights()).isSameAs(parts(old.get(0)).weights());
    old.forEach(Detector::close);
    assertThat(fresh.get(1).detect(List.of(frame(1)))).hasSize(1);
    fresh.forEach(Detector::close);
  }

  @Test
  void eagerAndCompiledFindTheSame() {
    Detector compiled = factory.build(usual(), CPU, 1, List.of()).get(0);
    Detector eager =
        factory
            .build(usual(), new EngineConfig("eager", "cpu", null, 1), 1, List.of(compiled))
            .get(0);
    assertThat(parts(eager)).isNotSameAs(parts(compiled));
    List<Detection> expected = compiled.detect(List.of(frame(6))).get(0).objects();
    List<Detection> found = eager.detect(List.of(frame(6))).get(0).objects();
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).score())
          .isCloseTo(expected.get(i).score(), org.assertj.core.data.Offset.offset(1e-4f));
    }
    assertThat(eager.plan()).contains("because mode eager was asked for");
    eager.close();
    compiled.close();
  }

  @Test
  void aDeviceThatIsNotHereIsRefusedWithWhatToDo() {
    org.junit.jupiter.api.Assumptions.assumeFalse(
        ai.onnxruntime.OrtEnvironment.getAvailableProviders()
            .contains(ai.onnxruntime.OrtProvider.CUDA),
        "skipped: this build has CUDA");
    assertThatThrownBy(
            () -> factory.build(usual(), new EngineConfig(null, "cuda:0", null, 1), 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("engine.device")
        .hasMessageContaining("cuda:0 was asked for");
    assertThatThrownBy(
            () -> factory.build(usual(), new EngineConfig(null, "cpu", "fp16", 1), 1, List.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("fp16 needs a compiled model on a CUDA device");
  }
}
