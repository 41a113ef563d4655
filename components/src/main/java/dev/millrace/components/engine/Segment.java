package dev.millrace.components.engine;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.modeling.Stage;
import dev.millrace.components.modeling.Values;
import dev.millrace.components.trace.OnnxWriter;
import dev.millrace.components.trace.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stages compiled into one graph. Every new batch size and image size is traced, which takes one to
 * eight milliseconds on the sizes of COCO; where the trace differs from an earlier one in constants
 * only, the earlier program runs it with these constants as inputs, so that a new size does not
 * cost a new session.
 */
final class Segment implements Part {

  private static final int MOST_SIZES = 64;
  private static final int MOST_PROGRAMS = 8;

  /** As many as warming runs: a shape that fits two sizes and two batch sizes fits all. */
  private static final int SIZES_TO_PROVE = 2;

  /** A program and the constants of one size. */
  private record Bound(Program program, NDManager manager, NDList constants)
      implements AutoCloseable {
    @Override
    public void close() {
      manager.close();
    }
  }

  private final List<Stage> stages;
  private final Set<String> inputs;
  private final Set<String> outputs;
  private final Weights weights;
  private final Target target;
  private final List<Program> programs = new ArrayList<>();
  private int proven;
  private final Map<List<Shape>, Bound> sizes = new LinkedHashMap<>(16, 0.75f, true);

  Segment(
      List<Stage> stages, Set<String> inputs, Set<String> outputs, Weights weights, Target target) {
    this.stages = stages;
    this.inputs = inputs;
    this.outputs = outputs;
    this.weights = weights.retain();
    this.target = target;
  }

  @Override
  public Set<String> inputs() {
    return inputs;
  }

  @Override
  public Map<String, HostArray> run(Map<String, HostArray> given) {
    List<Shape> size = new ArrayList<>();
    Map<String, Spec> specs = new LinkedHashMap<>();
    for (String name : inputs) {
      HostArray array = given.get(name);
      if (array == null) {
        throw new IllegalStateException("no part before gave " + name);
      }
      size.add(array.shape());
      specs.put(name, new Spec(array.type(), array.shape()));
    }
    Bound bound = sizes.get(size);
    if (bound == null) {
      bound = bind(specs);
      sizes.put(List.copyOf(size), bound);
      evict();
    }
    try (NDManager batch = bound.program.manager().newSubManager()) {
      NDList arrays = new NDList(bound.constants);
      for (String name : inputs) {
        HostArray host = given.get(name);
        if (host != null) {
          NDArray array =
              batch.create(
                  host.data().duplicate().order(ByteOrder.nativeOrder()),
                  host.shape(),
                  host.type());
          array.setName(name);
          arrays.add(array);
        }
      }
      Map<String, HostArray> results = new LinkedHashMap<>();
      bound
          .program
          .run(arrays, batch)
          .forEach(
              (name, array) ->
                  results.put(
                      name,
                      new HostArray(array.getDataType(), array.getShape(), array.toByteBuffer())));
      return results;
    }
  }

  private Bound bind(Map<String, Spec> specs) {
    Values values = new Values();
    Trace trace = Tracing.trace(stages, specs, values);
    if (proven < SIZES_TO_PROVE && !trace.promises().isEmpty()) {
      proven++;
      Promises.prove(trace, specs, weights, target);
    }
    outputs.forEach(name -> trace.output(name, values.get(name)));
    Program program = program(trace);
    NDManager manager = program.manager().newSubManager();
    NDList constants = new NDList();
    for (int i = program.open().nextSetBit(0); i >= 0; i = program.open().nextSetBit(i + 1)) {
      Trace.Constant constant = trace.constants().get(i);
      ByteBuffer direct =
          ByteBuffer.allocateDirect(constant.data().remaining()).order(ByteOrder.nativeOrder());
      direct.duplicate().put(constant.data().duplicate());
      NDArray array = manager.create(direct, constant.shape(), constant.type());
      array.setName(OnnxWriter.constantName(i));
      constants.add(array);
    }
    return new Bound(program, manager, constants);
  }

  /**
   * An earlier program if it fits; else one whose constants are inputs where they turned out to
   * vary.
   */
  private Program program(Trace trace) {
    for (Program earlier : programs) {
      if (earlier.trace().sameStructure(trace)) {
        BitSet varying = (BitSet) earlier.open().clone();
        for (int i = 0; i < trace.constants().size(); i++) {
          if (!earlier.trace().sameConstant(i, trace)) {
            varying.set(i);
          }
        }
        if (varying.equals(earlier.open())) {
          return earlier;
        }
        drop(earlier);
        return create(trace, varying);
      }
    }
    if (programs.size() == MOST_PROGRAMS) {
      drop(programs.get(0));
    }
    return create(trace, new BitSet());
  }

  private Program create(Trace trace, BitSet open) {
    Program program = new Program(trace, open, weights, target);
    programs.add(program);
    return program;
  }

  private void drop(Program program) {
    programs.remove(program);
    sizes
        .values()
        .removeIf(
            bound -> {
              if (bound.program == program) {
                bound.close();
                return true;
              }
              return false;
            });
    program.close();
  }

  private void evict() {
    if (sizes.size() > MOST_SIZES) {
      List<Shape> eldest = sizes.keySet().iterator().next();
      Bound bound = sizes.remove(eldest);
      if (bound != null) {
        bound.close();
      }
    }
  }

  /** How many sizes are bound to a program now. */
  int boundSizes() {
    return sizes.size();
  }

  @Override
  public List<String> describe() {
    StringBuilder names = new StringBuilder();
    stages.forEach(s -> names.append(names.length() == 0 ? "" : " > ").append(s.name()));
    List<String> lines = new ArrayList<>();
    lines.add("segment   " + names + "   ONNX Runtime, " + target.compiled().describe());
    programs.stream()
        .flatMap(program -> program.trace().graphs().stream())
        .distinct()
        .forEach(graph -> lines.add("          with " + graph + ", compiled in any mode"));
    for (Program program : programs) {
      Trace trace = program.trace();
      lines.add(
          "          program: "
              + trace.nodes().size()
              + " nodes, "
              + trace.parameters().size()
              + " parameters, "
              + program.open().cardinality()
              + " of "
              + trace.constants().size()
              + " constants vary with the size");
    }
    lines.add(
        "          reads " + String.join(", ", inputs) + "; gives " + String.join(", ", outputs));
    return lines;
  }

  @Override
  public void close() {
    sizes.values().forEach(Bound::close);
    sizes.clear();
    programs.forEach(Program::close);
    programs.clear();
    weights.release();
  }
}
