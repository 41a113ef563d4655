package dev.millrace.components.trace;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * From nodes of ONNX's opset 7 or later to those of {@link OnnxWriter#OPSET}. Most operators still
 * mean what they meant (ONNX's changelog of operators, versions 8 to 17); of the others the same
 * thing is said in today's words, or they are refused.
 */
final class OnnxUpgrade {

  static final int OLDEST = 7;

  /** Every operator of opset 17 that has no subgraph. */
  private static final Set<String> KNOWN =
      Set.of(
          """
          Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool
          BatchNormalization Bernoulli BitShift BlackmanWindow Cast CastLike Ceil Celu Clip
          Compress Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger
          ConvTranspose Cos Cosh CumSum DFT DepthToSpace DequantizeLinear Det Div Dropout
          DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten Floor GRU
          Gather GatherElements GatherND Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool
          Greater GreaterOrEqual GridSample HammingWindow HannWindow HardSigmoid HardSwish
          Hardmax Identity InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization
          LeakyRelu Less LessOrEqual Log LogSoftmax LpNormalization LpPool MatMul
          MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization
          MelWeightMatrix Min Mod Mul Multinomial Neg NegativeLogLikelihoodLoss
          NonMaxSuppression NonZero Not OneHot Optional OptionalGetElement OptionalHasElement
          Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RNN RandomNormal
          RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2
          ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
          ReduceSumSquare Relu Reshape Resize ReverseSequence RoiAlign Round STFT
          ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty
          SequenceErase SequenceInsert SequenceLength Shape Shrink Sigmoid Sign Sin Sinh Size
          Slice Softmax SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split
          SplitToSequence Sqrt Squeeze StringNormalizer Sub Sum Tan Tanh TfIdfVectorizer
          ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Where Xor
          """
              .strip()
              .split("\\s+"));

  /** Those that need no input. */
  private static final Set<String> SOURCES =
      Set.of("Constant", "RandomNormal", "RandomUniform", "SequenceEmpty", "Optional");

  private final int opset;
  private final Function<OnnxTensor, String> constants;
  private final List<OnnxNode> result = new ArrayList<>();

  /**
   * @param opset of the file
   * @param constants takes a new constant, gives its name
   */
  OnnxUpgrade(int opset, Function<OnnxTensor, String> constants) {
    this.opset = opset;
    this.constants = constants;
  }

  /** What a node's attributes and inputs become. */
  private static final class Draft {
    private final NodeProto node;
    private String op;
    private final List<String> inputs;
    private final Map<String, Object> attributes = new LinkedHashMap<>();

    Draft(NodeProto node) {
      this.node = node;
      op = node.getOpType();
      inputs = new ArrayList<>(node.getInputList());
      node.getAttributeList().forEach(attribute -> attributes.put(attribute.getName(), attribute));
    }

    @Nullable AttributeProto take(String name) {
      return (AttributeProto) attributes.remove(name);
    }

    @Nullable AttributeProto look(String name) {
      return (AttributeProto) attributes.get(name);
    }
  }

  /**
   * @return one node or more, in order
   * @throws OnnxFileException if the operator is unknown, or means something else today
   */
  List<OnnxNode> upgrade(NodeProto node) {
    result.clear();
    Draft draft = new Draft(node);
    if (node.getDomain().equals(OnnxWriter.MICROSOFT)) {
      add(draft, node.getDomain());
      return List.copyOf(result);
    }
    if (draft.inputs.isEmpty() && !SOURCES.contains(draft.op)) {
      throw new OnnxFileException(
          OnnxNode.label(node) + " has no input", "The file is damaged: export it again.");
    }
    switch (draft.op) {
      case "Upsample" -> upsample(draft);
      case "Resize" -> resize(draft);
      case "Scatter" -> draft.op = opset >= 9 && opset < 16 ? "ScatterElements" : draft.op;
      case "Slice" -> {
        if (opset < 10) {
          integers(draft, "starts");
          integers(draft, "ends");
          integers(draft, "axes");
        }
      }
      case "TopK" -> {
        if (opset < 10) {
          integers(draft, "k");
        }
      }
      case "Clip" -> {
        if (opset < 11) {
          number(draft, "min");
          number(draft, "max");
        }
      }
      case "Pad" -> {
        if (opset < 11) {
          integers(draft, "pads");
          number(draft, "value");
        }
      }
      case "Dropout" -> {
        if (opset < 12) {
          draft.take("ratio");
        }
      }
      case "Squeeze", "Unsqueeze", "ReduceSum" -> {
        if (opset < 13) {
          integers(draft, "axes");
        }
      }
      case "Split" -> {
        if (opset < 13) {
          integers(draft, "split");
        }
      }
      case "Softmax", "LogSoftmax", "Hardmax" -> {
        if (opset < 13 && softmax(draft)) {
          return List.copyOf(result);
        }
      }
      case "BatchNormalization" -> batchNormalization(draft);
      case "RoiAlign" -> {
        if (opset < 16) {
          draft.attributes.put("coordinate_transformation_mode", "output_half_pixel");
        }
      }
      default -> {}
    }
    if (!KNOWN.contains(draft.op)) {
      throw new OnnxFileException(
          OnnxNode.label(node)
              + " has an operator that is not supported: it is none of ONNX's opset "
              + OnnxWriter.OPSET
              + ", or has a subgraph",
          "Export the model without it.");
    }
    add(draft, "");
    return List.copyOf(result);
  }

  private void add(Draft draft, String domain) {
    List<String> inputs = new ArrayList<>(draft.inputs);
    while (!inputs.isEmpty() && inputs.get(inputs.size() - 1).isEmpty()) {
      inputs.remove(inputs.size() - 1);
    }
    result.add(
        new OnnxNode(
            domain,
            draft.op,
            List.copyOf(inputs),
            List.copyOf(draft.node.getOutputList()),
            Map.copyOf(draft.attributes)));
  }

  private static OnnxFileException changed(Draft draft, String what) {
    return new OnnxFileException(
        OnnxNode.label(draft.node) + " " + what, "Export the model with opset 13 to 17.");
  }

  /** An attribute that became the next input. */
  private void integers(Draft draft, String attribute) {
    AttributeProto given = draft.take(attribute);
    if (given == null) {
      draft.inputs.add("");
      return;
    }
    long[] values =
        given.getType() == AttributeProto.AttributeType.INT
            ? new long[] {given.getI()}
            : given.getIntsList().stream().mapToLong(Long::longValue).toArray();
    draft.inputs.add(constants.apply(OnnxTensor.longs(new long[] {values.length}, values)));
  }

  private void number(Draft draft, String attribute) {
    AttributeProto given = draft.take(attribute);
    draft.inputs.add(
        given == null ? "" : constants.apply(OnnxTensor.floats(new long[0], given.getF())));
  }

  /** Its successor does the same with other defaults. */
  private void upsample(Draft draft) {
    if (opset > 9) {
      throw changed(draft, "has an operator that opset 10 and later do not have");
    }
    AttributeProto scales = draft.take("scales");
    if (scales != null) {
      float[] values = new float[scales.getFloatsCount()];
      for (int i = 0; i < values.length; i++) {
        values[i] = scales.getFloats(i);
      }
      draft.inputs.add(constants.apply(OnnxTensor.floats(new long[] {values.length}, values)));
    }
    draft.op = "Resize";
    draft.inputs.add(1, "");
    draft.attributes.put("coordinate_transformation_mode", "asymmetric");
    draft.attributes.put("nearest_mode", "floor");
  }

  private void resize(Draft draft) {
    if (opset < 11) {
      throw changed(draft, "meant something else at opset 10 than today");
    }
    AttributeProto mode = draft.look("coordinate_transformation_mode");
    if (mode != null && mode.getS().toStringUtf8().equals("tf_half_pixel_for_nn")) {
      throw changed(draft, "uses tf_half_pixel_for_nn, which opset 13 and later do not have");
    }
  }

  private void batchNormalization(Draft draft) {
    if (opset < 9) {
      AttributeProto spatial = draft.take("spatial");
      if (spatial != null && spatial.getI() == 0) {
        throw changed(draft, "is not spatial, which opset 9 and later do not have");
      }
    }
    if (opset < 14 && draft.node.getOutputCount() > 1) {
      throw changed(draft, "is in training mode, which opset 14 changed");
    }
  }

  /**
   * Before opset 13 the axes from {@code axis} on were one: flatten, then take the last.
   *
   * @return whether everything is said
   */
  private boolean softmax(Draft draft) {
    AttributeProto given = draft.take("axis");
    long axis = given == null ? 1 : given.getI();
    draft.attributes.put("axis", -1L);
    if (axis == -1) {
      return false;
    }
    String x = draft.inputs.get(0);
    String y = draft.node.getOutput(0);
    String shape = y + " shape before";
    String flat = y + " flat before";
    String done = y + " flat";
    result.add(new OnnxNode("", "Shape", List.of(x), List.of(shape), Map.of()));
    result.add(new OnnxNode("", "Flatten", List.of(x), List.of(flat), Map.of("axis", axis)));
    result.add(
        new OnnxNode("", draft.op, List.of(flat), List.of(done), Map.copyOf(draft.attributes)));
    result.add(new OnnxNode("", "Reshape", List.of(done, shape), List.of(y), Map.of()));
    return true;
  }
}
