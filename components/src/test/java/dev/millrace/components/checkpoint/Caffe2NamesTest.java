package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names of Caffe2's zoo, and its pickles, which Python 2 wrote. */
class Caffe2NamesTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "conv1_w, stem.conv1.weight",
    "res_conv1_bn_s, stem.conv1.norm.weight",
    "res_conv1_bn_b, stem.conv1.norm.bias",
    "res2_0_branch1_w, res2.0.shortcut.weight",
    "res2_0_branch2a_w, res2.0.conv1.weight",
    "res4_22_branch2b_bn_s, res4.22.conv2.norm.weight",
    "res5_2_branch2c_bn_b, res5.2.conv3.norm.bias",
    "res5_2_branch2c_bn_rm, res5.2.conv3.norm.running_mean",
    "res5_2_branch2c_bn_riv, res5.2.conv3.norm.running_var",
    "res3_0_branch2a_bn_gamma, res3.0.conv1.norm.weight",
    "res3_0_branch2a_bn_beta, res3.0.conv1.norm.bias",
    "res3_0_branch2a_bn_running_var, res3.0.conv1.norm.running_var",
    "res3_0_branch2a_gn_s, res3.0.conv1.norm.weight",
    "fpn_inner_res5_2_sum_w, fpn_lateral5.weight",
    "fpn_inner_res4_5_sum_lateral_b, fpn_lateral4.bias",
    "fpn_inner_res2_2_sum_lateral_gn_s, fpn_lateral2.norm.weight",
    "fpn_res3_3_sum_w, fpn_output3.weight",
    "fpn_res3_3_sum_gn_b, fpn_output3.norm.bias",
    "conv_rpn_fpn2_w, proposal_generator.rpn_head.conv.weight",
    "conv_rpn_w, proposal_generator.rpn_head.conv.weight",
    "rpn_cls_logits_fpn2_b, proposal_generator.rpn_head.objectness_logits.bias",
    "rpn_bbox_pred_fpn2_w, proposal_generator.rpn_head.anchor_deltas.weight",
    "rpn_bbox_pred_w, proposal_generator.rpn_head.anchor_deltas.weight",
    "fc6_w, box_head.fc1.weight",
    "fc7_b, box_head.fc2.bias",
    "head_conv3_gn_s, box_head.conv3.norm.weight",
    "cls_score_w, cls_score.weight",
    "bbox_pred_b, bbox_pred.bias",
    "_[mask]_fcn1_w, mask_head.mask_fcn1.weight",
    "conv5_mask_b, mask_head.deconv.bias",
    "mask_fcn_logits_w, mask_head.predictor.weight",
    "conv_fcn8_w, roi_heads.keypoint_head.conv_fcn8.weight",
    "kps_score_lowres_w, roi_heads.keypoint_head.score_lowres.weight",
    "kps_score_w, roi_heads.keypoint_head.score.weight",
    "fc1000_w, fc1000.weight",
    "pred_b, linear.bias"
  })
  void namesAsDetectron2HasThem(String theirs, String ours) {
    assertThat(Caffe2Names.rename(theirs)).isEqualTo(ours);
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  /** A file of Detectron's zoo as Python 2 and numpy 1 wrote it: a dictionary of blobs. */
  @Test
  void aWholeFileOfPython2() throws IOException {
    PickleWriter pickle = new PickleWriter().dict().old("cfg").old("A: 1\n".repeat(2_000));
    pickle.old("blobs").dict();
    blob(pickle, "conv1_w", new float[] {1, 2}, 2);
    blob(pickle, "conv1_w_momentum", new float[] {8, 9}, 2);
    blob(pickle, "res_conv1_bn_s", new float[] {3}, 1);
    blob(pickle, "res_conv1_bn_b", new float[] {4}, 1);
    blob(pickle, "fc6_w", new float[2_000], 2_000);
    blob(pickle, "cls_score_b", new float[] {90, 1, 2}, 3);
    blob(pickle, "bbox_pred_b", new float[] {0, 0, 0, 0, 5, 6, 7, 8}, 8);
    Path file = Files.write(folder.resolve("model.pkl"), pickle.endDict().endDict().stop());
    Checkpoint checkpoint = Checkpoints.read(file);
    assertThat(checkpoint.naming()).isEqualTo(Naming.CAFFE2);

    Map<String, long[]> model = new LinkedHashMap<>();
    model.put("backbone.bottom_up.stem.conv1.weight", new long[] {2});
    for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
      model.put("backbone.bottom_up.stem.conv1.norm." + part, new long[] {1});
    }
    model.put("roi_heads.box_head.fc1.weight", new long[] {2_000});
    model.put("roi_heads.box_predictor.cls_score.bias", new long[] {3});
    model.put("roi_heads.box_predictor.bbox_pred.bias", new long[] {4});
    ParameterReport report =
        CheckpointLoader.match(model, checkpoint, List.of(), List.of(), Set.of()).orThrow("w");
    Map<String, Tensor> matched = report.matched();
    assertThat(matched.get("backbone.bottom_up.stem.conv1.weight").floats()).containsExactly(1, 2);
    assertThat(matched.get("roi_heads.box_predictor.cls_score.bias").floats())
        .containsExactly(1, 2, 90);
    assertThat(matched.get("roi_heads.box_predictor.bbox_pred.bias").floats())
        .containsExactly(5, 6, 7, 8);
    // Scale and shift alone: FrozenBatchNorm2d adds 1e-5 to the variance.
    String norm = "backbone.bottom_up.stem.conv1.norm.";
    assertThat(matched.get(norm + "running_mean").floats()).containsExactly(0);
    assertThat(matched.get(norm + "running_var").floats()[0] + 1e-5f).isEqualTo(1);
    assertThat(report.describe())
        .contains(
            norm + "running_mean  FLOAT32 [1] (Caffe2 folds statistics",
            "<- cls_score_b (Caffe2's name, the background last, the end of the name)",
            "unused  conv1_w_momentum  [2] (of use to training only)");
  }

  private static void blob(PickleWriter pickle, String name, float[] values, long length) {
    pickle.old(name).emptyArray().op('(').number(1).numbers(length);
    pickle.global("numpy", "dtype").op('(').old("f4").raw('K', 0, 'K', 1).op('t').op('R');
    pickle.op('(').number(3).old("<").raw('N', 'N', 'N').number(-1).number(-1).number(0);
    pickle.op('t').op('b').raw(0x89).old(floats(values)).op('t').op('b');
  }

  /**
   * Files of ImageNet's models have no {@code blobs}; files with dots in their names are others.
   */
  @Test
  void whichFilesAreCaffe2s() throws IOException {
    PickleWriter bare = new PickleWriter().dict();
    blob(bare, "conv1_w", new float[] {1}, 1);
    assertThat(naming(bare.endDict())).isEqualTo(Naming.CAFFE2);
    PickleWriter dotted = new PickleWriter().dict();
    blob(dotted, "stem.conv1_w", new float[] {1}, 1);
    assertThat(naming(dotted.endDict())).isEqualTo(Naming.SUFFIXES);
    PickleWriter said = new PickleWriter().dict().text("model").dict();
    blob(said, "a", new float[] {1}, 1);
    said.endDict().text("__author__").text("Caffe2").text("matching_heuristics").raw(0x88);
    assertThat(naming(said.endDict())).isEqualTo(Naming.CAFFE2);
    PickleWriter zoo = new PickleWriter().dict().text("model").dict();
    blob(zoo, "a_w", new float[] {1}, 1);
    assertThat(naming(zoo.endDict().text("__author__").text("us").endDict()))
        .isEqualTo(Naming.EXACT);
  }

  private Naming naming(PickleWriter pickle) throws IOException {
    return Checkpoints.read(Files.write(folder.resolve("model.pkl"), pickle.stop())).naming();
  }
}
