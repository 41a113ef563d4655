package dev.millrace.components.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.OnnxModels;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is read of an ONNX file, and what is refused, each in a sentence. */
class OnnxFileTest {

  private static OnnxModels model(int opset) {
    return new OnnxModels(opset).input("x", 0, 3, 0, 0).output("y", 0, 3, 0, 0);
  }

  private static OnnxModels relu() {
    return model(13).node("Relu", "x", "y");
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(byte[] bytes) {
    return assertThatThrownBy(() -> OnnxFile.read(bytes)).isInstanceOf(OnnxFileException.class);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> refused(OnnxModels model) {
    return refused(model.bytes());
  }

  @Test
  void inputsAndOutputsAreWhatTheFileSays() {
    OnnxFile file = OnnxFile.read(relu().bytes());
    assertThat(file.inputs()).containsOnlyKeys("x");
    assertThat(file.outputs()).containsOnlyKeys("y");
    assertThat(file.inputs().get("x").dim(0)).isEqualTo(-1);
    assertThat(file.inputs().get("x").dim(1)).isEqualTo(3);
  }

  @Test
  void initializersAmongTheInputsNeedNotBeProvided() {
    OnnxFile file =
        OnnxFile.read(
            model(7)
                .input("bias", 1)
                .floats("bias", new long[] {1}, 2)
                .node("Add", "x bias", "y")
                .bytes());
    assertThat(file.inputs()).containsOnlyKeys("x");
    assertThat(file.image(null).name()).isEqualTo("x");
  }

  @Test
  void whatLeadsNowhereIsLeftOut() {
    float[] many = new float[OnnxTensor.SMALL];
    OnnxFile file =
        OnnxFile.read(
            model(13)
                .floats("used", new long[] {1, 1, 1, many.length}, many)
                .floats("unused", new long[] {many.length}, many)
                .node("Add", "x used", "inside")
                .node("Mul", "inside unused", "y")
                .bytes());
    assertThat(file.graph(null, Set.of("inside")).weights()).hasSize(1);
    assertThat(file.graph(null, Set.of("y")).weights()).hasSize(2);
  }

  @Test
  void aNameThatIsNotThereIsRefusedWithTheNearest() {
    OnnxFile file =
        OnnxFile.read(model(13).node("Relu", "x", "res4").node("Abs", "res4", "y").bytes());
    assertThatThrownBy(() -> file.graph(null, Set.of("res5")))
        .isInstanceOf(OnnxFileException.class)
        .hasMessage("no node gives 'res5'")
        .extracting(e -> ((OnnxFileException) e).remedy())
        .isEqualTo("Did you mean res4?");
    assertThatThrownBy(() -> file.graph("image", Set.of("y")))
        .hasMessageContaining("it has no input 'image'");
  }

  @Test
  void aNameIsRepeatedInOneLineOfALog() {
    String name = "res\n12:00:00_INFO_all_is_well\u001b[2J" + "4".repeat(5000);
    OnnxFile file =
        OnnxFile.read(
            model(13)
                .input(name, 1)
                .node("Relu", "x", "early")
                .node("Add", "early " + name, "y")
                .bytes());
    assertThatThrownBy(() -> file.graph("x", Set.of("y")))
        .satisfies(
            e -> {
              String message = String.valueOf(e.getMessage());
              assertThat(message).hasSizeLessThan(1100).contains("res");
              assertThat(message.chars()).noneMatch(Character::isISOControl);
            });
  }

  @Test
  void twoInputsAreRefusedUnlessTheOtherIsNotNeeded() {
    OnnxFile file =
        OnnxFile.read(
            model(13)
                .input("mask", 1)
                .node("Relu", "x", "early")
                .node("Add", "early mask", "y")
                .bytes());
    assertThatThrownBy(() -> file.graph(null, Set.of("y")))
        .hasMessageContaining("one input, found 2");
    assertThatThrownBy(() -> file.graph("x", Set.of("y")))
        .hasMessageContaining("need the inputs mask beside x");
    assertThat(file.graph("x", Set.of("early")).input().name()).isEqualTo("x");
  }

  @Test
  void aGraphThatTakesNoImageIsRefused() {
    OnnxFile tokens =
        OnnxFile.read(
            new OnnxModels(13).input("x", 1, 77).output("y", 1, 77).node("Relu", "x", "y").bytes());
    assertThatThrownBy(() -> tokens.image(null)).hasMessageContaining("'x' is no image");
    OnnxFile grey =
        OnnxFile.read(
            new OnnxModels(13)
                .input("x", 1, 1, 8, 8)
                .output("y", 1, 1, 8, 8)
                .node("Relu", "x", "y")
                .bytes());
    assertThatThrownBy(() -> grey.image(null)).hasMessageContaining("(N, 3, H, W)");
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] whole = model(13).floats("w", new long[] {1}, 1).node("Mul", "x w", "y").bytes();
    assertThat(OnnxFile.read(whole).outputs()).hasSize(1);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      refused(part).as("%d of %d bytes", length, whole.length).hasMessageMatching("(?s).+[^.]");
    }
  }

  @Test
  void randomDamageIsReadOrRefusedButNeverAnythingElse() {
    byte[] whole =
        model(11)
            .floats("w", new long[] {1}, 1)
            .longs("axes", 0)
            .node("Constant", "", "c", "value", OnnxModels.tensor("", new long[] {2}, 1, 2))
            .node("Mul", "x w", "a")
            .node("Softmax", "a", "b", "axis", 2)
            .node("Clip", "b", "y", "min", 0f)
            .bytes();
    damaged(whole, 20_000);
  }

  @Test
  void randomDamageOfARealModelIsReadOrRefused() throws IOException {
    damaged(Files.readAllBytes(Assets.path("models/yolox_nano.onnx")), 60);
  }

  private static void damaged(byte[] whole, int times) {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < times; i++) {
      byte[] bytes = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        OnnxFile file = OnnxFile.read(bytes);
        file.graph(null, file.outputs().keySet());
      } catch (OnnxFileException e) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void whatIsNoOnnxIsRefused() {
    refused("<html>not here</html>".getBytes(StandardCharsets.UTF_8))
        .hasMessageStartingWith("expected an ONNX model");
    refused(new byte[0]).hasMessageContaining("found none with a graph");
  }

  @Test
  void claimedSizesAreNotAllocated() {
    long[][] claims = {
      {1L << 40}, {1 << 16, 1 << 16, 1 << 16}, {-1}, {Long.MAX_VALUE, 2}, {1 << 28, 1 << 28, 0}
    };
    for (long[] dims : claims) {
      refused(relu().initializer(OnnxModels.tensor("w", dims, 1)))
          .hasMessageContaining("the tensor 'w' says its shape is");
    }
    refused(relu().initializer(OnnxModels.tensor("w", new long[] {1 << 20}, 1)))
        .hasMessage(
            "the tensor 'w' says its shape is [1048576], which takes 4194304 bytes, but it has 4");
    refused(
            relu()
                .initializer(
                    TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(7)
                        .addDims(3)
                        .addInt64Data(1)
                        .build()))
        .hasMessageContaining("takes 3 elements, but it has 1");
  }

  @Test
  void nothingOutsideOfTheFileIsRead() {
    for (String location : new String[] {"weights.bin", "../../etc/passwd", "/etc/passwd"}) {
      TensorProto outside =
          TensorProto.newBuilder()
              .setName("w")
              .setDataType(1)
              .addDims(4)
              .setDataLocation(TensorProto.DataLocation.EXTERNAL)
              .addExternalData(
                  StringStringEntryProto.newBuilder().setKey("location").setValue(location))
              .build();
      refused(relu().initializer(outside))
          .hasMessageContaining("the data of the tensor 'w' lies in '" + location + "'");
      refused(model(13).node("ConstantOfShape", "x", "y", "value", outside))
          .hasMessageContaining("lies in '" + location + "'");
      refused(model(13).node("Constant", "", "y", "value", outside))
          .hasMessageContaining("lies in '" + location + "'");
    }
  }

  @Test
  void tensorsOfStrangeTypesAreRefused() {
    refused(
            relu()
                .initializer(
                    TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(TensorProto.DataType.STRING_VALUE)
                        .addStringData(ByteString.copyFromUtf8("x"))
                        .build()))
        .hasMessageContaining("has ONNX's data type 8");
  }

  @Test
  void cyclesGapsAndDisorderAreRefused() {
    refused(model(13).node("Add", "x b", "a").node("Relu", "a", "b").node("Relu", "b", "y"))
        .hasMessageContaining("reads 'b', which nothing before it gives");
    refused(model(13).node("Relu", "nobody", "y"))
        .hasMessageContaining("reads 'nobody', which nothing before it gives");
    refused(model(13).node("Relu", "x", "y").node("Abs", "x", "y"))
        .hasMessageContaining("two of its nodes give 'y'");
    refused(relu().floats("w", new long[] {1}, 1).floats("w", new long[] {1}, 1))
        .hasMessageContaining("two of its tensors are called 'w'");
    refused(model(13).node("Relu", "x", "z")).hasMessageContaining("no node gives its output 'y'");
  }

  @Test
  void operatorsThatAreNotOnnxsAreRefused() {
    refused(model(13).node("Teleport", "x", "y"))
        .hasMessageContaining(
            "the node 'teleport' (Teleport) has an operator that is not supported");
    refused(model(13).foreign("mmcv", "RoiAlignRotated", "x", "y"))
        .hasMessageContaining("an operator of the domain 'mmcv'");
    refused(
            model(13)
                .node("If", "x", "y", "then_branch", GraphProto.newBuilder().setName("t").build()))
        .hasMessageContaining("has a subgraph, which is not supported");
    refused(model(13).node("Relu", "", "y")).hasMessageContaining("has no input");
    assertThat(
            OnnxFile.read(
                    model(13)
                        .opset("com.microsoft", 1)
                        .foreign("com.microsoft", "QuickGelu", "x", "y")
                        .bytes())
                .outputs())
        .hasSize(1);
  }

  @Test
  void otherOpsetsAreRefused() {
    refused(model(6).node("Relu", "x", "y")).hasMessageContaining("opset 6, expected 7 to 17");
    refused(model(18).node("Relu", "x", "y")).hasMessageContaining("opset 18, expected 7 to 17");
    refused(
            ModelProto.newBuilder()
                .setGraph(
                    GraphProto.newBuilder()
                        .addNode(
                            NodeProto.newBuilder().setOpType("Relu").addInput("x").addOutput("y")))
                .build()
                .toByteArray())
        .hasMessageContaining("does not say which opset");
  }

  @Test
  void whatMeantSomethingElseIsRefusedWhereItCannotBeSaidToday() {
    refused(model(10).floats("s", new long[] {4}, 1, 1, 2, 2).node("Resize", "x s", "y"))
        .hasMessageContaining("meant something else at opset 10");
    refused(model(10).floats("s", new long[] {4}, 1, 1, 2, 2).node("Upsample", "x s", "y"))
        .hasMessageContaining("that opset 10 and later do not have");
    refused(model(7).node("BatchNormalization", "x x x x x", "y", "spatial", 0))
        .hasMessageContaining("is not spatial");
    refused(model(9).node("BatchNormalization", "x x x x x", "y m v"))
        .hasMessageContaining("is in training mode");
  }

  /** A hundred megabytes of objects of two bytes each. */
  @Test
  void aFileOfManyNothingsIsRefusedBeforeItIsBuilt() {
    ByteArrayOutputStream nodes = new ByteArrayOutputStream();
    for (int i = 0; i < OnnxScan.MOST_ITEMS; i++) {
      nodes.writeBytes(new byte[] {0x0a, 0});
    }
    refused(graph(nodes.toByteArray())).hasMessageContaining("more than 1000000 items");
  }

  @Test
  void aListOfManySmallNumbersIsRefusedBeforeItIsBuilt() {
    refused(
            relu()
                .initializer(
                    TensorProto.newBuilder()
                        .setName("w")
                        .setDataType(7)
                        .addDims(1_500_000)
                        .addAllInt64Data(java.util.Collections.nCopies(1_500_000, 0L))
                        .build()))
        .hasMessageContaining("more than 1000000 items");
  }

  @Test
  void deepNestingIsRefused() {
    GraphProto inner = GraphProto.newBuilder().setName("innermost").build();
    for (int i = 0; i < 12; i++) {
      inner =
          GraphProto.newBuilder()
              .addNode(
                  NodeProto.newBuilder()
                      .setOpType("If")
                      .addAttribute(
                          ai.onnx.proto.OnnxMl.AttributeProto.newBuilder()
                              .setName("g")
                              .setG(inner)))
              .build();
    }
    refused(ModelProto.newBuilder().setGraph(inner).build().toByteArray())
        .hasMessageContaining("deeper than 20 levels");
  }

  private static byte[] graph(byte[] content) {
    return ModelProto.newBuilder()
        .setUnknownFields(
            com.google.protobuf.UnknownFieldSet.newBuilder()
                .addField(
                    ModelProto.GRAPH_FIELD_NUMBER,
                    com.google.protobuf.UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(content))
                        .build())
                .build())
        .build()
        .toByteArray();
  }
}
