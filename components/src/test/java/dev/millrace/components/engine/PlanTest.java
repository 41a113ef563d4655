package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import dev.millrace.components.ConfigException;
import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.FeatureMaps;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Instances;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.testing.D2Go;
import dev.millrace.components.testing.TwoLevels;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which stages run together, and why some do not. */
class PlanTest {

  private static final Set<String> INSTANCES =
      Set.of(Instances.BOXES, Instances.SCORES, Instances.CLASSES, Instances.COUNTS);

  /** Looks at values in the midst of its work. */
  private static final class Peeking extends Backbone {
    private final TwoLevels.TwoLevelBackbone inner = add("inner", new TwoLevels.TwoLevelBackbone());

    @Override
    public FeatureMaps forward(Forward f, NDArray image) {
      float first = image.toFloatArray()[0];
      return inner.forward(f, first < 0 ? image : image.mul(1f));
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return inner.outputShape();
    }

    @Override
    public int sizeDivisibility() {
      return inner.sizeDivisibility();
    }
  }

  /** Says eight channels and gives other ones. */
  private static final class Lying extends Backbone {
    private final Block conv = add("conv", Layers.conv(5, 4, 4, 0, 1));

    @Override
    public FeatureMaps forward(Forward f, NDArray image) {
      NDArray x = f.apply(conv, image);
      return new FeatureMaps(Map.of("p2", x.add(x.reshape(1, 3, 2)), "p3", x));
    }

    @Override
    public Map<String, ShapeSpec> outputShape() {
      return new TwoLevels.TwoLevelBackbone().outputShape();
    }
  }

  private static Plan plan(MetaArchitecture model, boolean eager) {
    return Plan.of(model, eager, 64, 96, LoadedModel.RESULTS);
  }

  @Test
  void whatCanBeTracedIsOneSegmentFromPixelsToDetections() {
    Plan plan = plan(new D2Go(100).model, false);
    assertThat(plan.groups()).hasSize(1);
    Plan.Group only = plan.groups().get(0);
    assertThat(only.compiled()).isTrue();
    assertThat(only.reasons()).isEmpty();
    assertThat(only.stages().stream().map(Stage::name))
        .containsExactly("normalize", "backbone", "proposal_generator", "roi_heads");
    assertThat(only.inputs()).containsOnlyKeys(MetaArchitecture.PIXELS, MetaArchitecture.SIZES);
    assertThat(only.outputs()).isEqualTo(INSTANCES);
  }

  @Test
  void aStageThatLooksAtValuesStandsAloneAndSaysWhy() {
    MetaArchitecture model = TwoLevels.model(new Peeking(), 0.05f);
    Plan plan = plan(model, false);
    assertThat(plan.groups()).extracting(Plan.Group::compiled).containsExactly(true, false, true);
    Plan.Group alone = plan.groups().get(1);
    assertThat(alone.reasons())
        .singleElement()
        .asString()
        .matches("backbone \\(Peeking\\) calls toFloatArray at PlanTest\\.java:\\d+");
    assertThat(alone.inputs()).containsOnlyKeys("image");
    assertThat(alone.outputs()).containsExactlyInAnyOrder("features.p2", "features.p3");
    assertThat(plan.groups().get(0).outputs()).containsExactly("image");
    assertThat(plan.groups().get(2).inputs())
        .containsOnlyKeys("features.p2", "features.p3", MetaArchitecture.SIZES);

    long open = Natives.createdCount() - Natives.closedCount();
    Weights weights = Models.random(model);
    List<Part> parts = plan.parts(weights, Models.CPU);
    assertThat(parts).hasSize(3);
    assertThat(parts.get(1).describe()).anyMatch(line -> line.contains("because backbone"));
    var arrays =
        new java.util.LinkedHashMap<>(Models.batch(64, 96, new long[] {1}, new int[][] {{64, 96}}));
    parts.forEach(part -> arrays.putAll(part.run(arrays)));
    assertThat(arrays).containsKeys(INSTANCES.toArray(new String[0]));
    parts.forEach(Part::close);
    weights.release();
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }

  @Test
  void partsThatCannotAllBeMadeLeaveNothingOpen() {
    MetaArchitecture model = TwoLevels.model(new Peeking(), 0.05f);
    List<Plan.Group> groups = plan(model, true).groups();
    Plan broken =
        new Plan(
            new AbstractList<>() {
              @Override
              public Plan.Group get(int index) {
                if (index == 1) {
                  throw new NoClassDefFoundError("org/example/Forgotten");
                }
                return groups.get(index);
              }

              @Override
              public int size() {
                return 2;
              }
            },
            Map.of());
    long open = Natives.createdCount() - Natives.closedCount();
    Weights weights = Models.random(model);
    assertThatThrownBy(() -> broken.parts(weights, Models.CPU))
        .isInstanceOf(NoClassDefFoundError.class);
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
    weights.release();
    assertThat(weights.tryRetain()).as("nobody holds the weights").isFalse();
  }

  @Test
  void eagerIsOnePartAndSaysThatItWasAskedFor() {
    Plan plan = plan(new D2Go(100).model, true);
    assertThat(plan.groups()).extracting(Plan.Group::compiled).containsExactly(false);
    assertThat(plan.groups().get(0).reasons()).containsExactly("mode eager was asked for");
  }

  @Test
  void aComponentThatDoesNotFitItsInputIsRefusedByName() {
    assertThatThrownBy(() -> plan(TwoLevels.model(new Lying(), 0.05f), false))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("model.architecture")
        .hasMessageContaining("backbone (Lying)")
        .hasMessageContaining("reshape");
  }

  @Test
  void afterPlanningEveryParameterKnowsItsShape() {
    D2Go d2go = new D2Go(100);
    assertThat(d2go.model.parameters().values())
        .anySatisfy(p -> assertThat(p.isInitialized() || hasShape(p)).isFalse());
    plan(d2go.model, false);
    assertThat(d2go.model.parameters().values())
        .allSatisfy(p -> assertThat(p.getShape().size()).isPositive());
    assertThat(d2go.model.parameters().get("roi_heads.box_predictor.bbox_pred.weight").getShape())
        .isEqualTo(new Shape(320, 160));
  }

  private static boolean hasShape(ai.djl.nn.Parameter p) {
    try {
      return p.getShape() != null;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  @Test
  void planningNeedsNoSessionAndLeavesNothingOpen() {
    long open = Natives.createdCount() - Natives.closedCount();
    plan(TwoLevels.model(new Peeking(), 0.05f), false);
    assertThat(Natives.createdCount() - Natives.closedCount()).isEqualTo(open);
  }
}
