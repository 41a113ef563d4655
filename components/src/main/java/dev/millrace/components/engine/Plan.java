package dev.millrace.components.engine;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.trace.NotTraceableException;
import dev.millrace.components.trace.Trace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which stages run together and how: neighbouring stages that can be traced are one segment, the
 * others run eagerly. Making a plan also tells every parameter its shape.
 *
 * @param results what the caller reads in the end: of the sample, types and shapes by name
 */
record Plan(List<Group> groups, Map<String, Part.Spec> results) {

  /**
   * Neighbours of one kind.
   *
   * @param reasons why its stages are not compiled; empty for a segment
   * @param inputs names and, of the sample, types and shapes
   * @param outputs names that a later group or the caller reads
   */
  record Group(
      boolean compiled,
      List<Stage> stages,
      List<String> reasons,
      Map<String, Part.Spec> inputs,
      Set<String> outputs) {}

  /** What one stage did. */
  private record Step(
      Stage stage, @Nullable String reason, Set<String> reads, Map<String, Part.Spec> writes) {}

  /**
   * @param results which values the caller reads in the end
   * @throws ConfigException if a stage fails on the shapes that it is given
   */
  static Plan of(
      MetaArchitecture architecture,
      boolean eager,
      int height,
      int width,
      Predicate<String> results) {
    Map<String, Part.Spec> known = new LinkedHashMap<>();
    known.put(
        MetaArchitecture.PIXELS, new Part.Spec(DataType.UINT8, new Shape(1, 3, height, width)));
    known.put(MetaArchitecture.SIZES, new Part.Spec(DataType.FLOAT32, new Shape(1, 2)));
    List<Step> steps = new ArrayList<>();
    for (Stage stage : architecture.stages()) {
      Step step = tryStage(stage, known, eager);
      known.putAll(step.writes());
      steps.add(step);
    }
    Map<String, Part.Spec> read = new LinkedHashMap<>(known);
    read.keySet().removeIf(results.negate());
    return new Plan(group(steps, known, results), read);
  }

  private static Step tryStage(Stage stage, Map<String, Part.Spec> known, boolean eager) {
    try {
      Values values = new Values();
      Trace trace = Tracing.trace(List.of(stage), known, values);
      // A graph from a file has no other form.
      boolean compiled = !eager || !trace.graphs().isEmpty();
      return step(stage, compiled ? null : "mode eager was asked for", values);
    } catch (UnsupportedOperationException e) {
      return runStage(
          stage,
          known,
          stage.name() + " (" + stage.component() + ") calls " + NotTraceableException.explain(e));
    } catch (RuntimeException e) {
      throw misfit(stage, e);
    }
  }

  /** Zeros in, shapes out. */
  private static Step runStage(Stage stage, Map<String, Part.Spec> known, String reason) {
    Map<String, HostArray> zeros = new LinkedHashMap<>();
    known.forEach((name, spec) -> zeros.put(name, HostArray.zeros(spec.type(), spec.shape())));
    try (EagerPart part = new EagerPart(List.of(stage), known.keySet(), Set.of(), List.of(), null);
        NDManager manager = Engines.pyTorch().newBaseManager()) {
      return step(stage, reason, part.run(manager, zeros));
    } catch (RuntimeException e) {
      throw misfit(stage, e);
    }
  }

  private static Step step(Stage stage, @Nullable String reason, Values values) {
    Map<String, Part.Spec> writes = new LinkedHashMap<>();
    for (String name : values.written()) {
      writes.put(name, new Part.Spec(values.get(name).getDataType(), values.get(name).getShape()));
    }
    return new Step(stage, reason, new LinkedHashSet<>(values.read()), writes);
  }

  private static ConfigException misfit(Stage stage, RuntimeException e) {
    return e instanceof ConfigException already
        ? already
        : new ConfigException(
            "model.architecture",
            "the stage "
                + stage.name()
                + " ("
                + stage.component()
                + ") does not fit what comes in: "
                + (e.getMessage() == null ? e.toString() : e.getMessage())
                + ".",
            "Check channels, strides and sizes of its neighbours.");
  }

  private static List<Group> group(
      List<Step> steps, Map<String, Part.Spec> known, Predicate<String> results) {
    List<List<Step>> runs = new ArrayList<>();
    for (Step step : steps) {
      List<Step> last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
      if (last != null && (last.get(0).reason() == null) == (step.reason() == null)) {
        last.add(step);
      } else {
        runs.add(new ArrayList<>(List.of(step)));
      }
    }
    List<Group> groups = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      Set<String> wanted = new LinkedHashSet<>();
      runs.subList(i + 1, runs.size())
          .forEach(run -> run.forEach(step -> wanted.addAll(step.reads())));
      groups.add(summary(runs.get(i), known, results.or(wanted::contains)));
    }
    return groups;
  }

  private static Group summary(
      List<Step> run, Map<String, Part.Spec> known, Predicate<String> wanted) {
    Map<String, Part.Spec> inputs = new LinkedHashMap<>();
    Set<String> outputs = new LinkedHashSet<>();
    Set<String> inside = new LinkedHashSet<>();
    for (Step step : run) {
      for (String name : step.reads()) {
        Part.Spec spec = known.get(name);
        if (!inside.contains(name) && spec != null) {
          inputs.put(name, spec);
        }
      }
      inside.addAll(step.writes().keySet());
    }
    inside.stream().filter(wanted).forEach(outputs::add);
    List<String> reasons =
        run.stream()
            .flatMap(step -> java.util.stream.Stream.ofNullable(step.reason()))
            .distinct()
            .toList();
    return new Group(
        run.get(0).reason() == null,
        run.stream().map(Step::stage).toList(),
        reasons,
        inputs,
        outputs);
  }

  /** Builds what the plan says: all of it, or nothing that stays open. */
  List<Part> parts(Weights weights, Target target) {
    List<Part> parts = new ArrayList<>();
    boolean complete = false;
    try {
      for (Group group : groups) {
        parts.add(part(group, weights, target));
      }
      complete = true;
      return parts;
    } finally {
      if (!complete) {
        Part.closeAll(parts);
      }
    }
  }

  private static Part part(Group group, Weights weights, Target target) {
    return group.compiled()
        ? new Segment(group.stages(), group.inputs().keySet(), group.outputs(), weights, target)
        : new EagerPart(
            group.stages(), group.inputs().keySet(), group.outputs(), group.reasons(), weights);
  }
}
