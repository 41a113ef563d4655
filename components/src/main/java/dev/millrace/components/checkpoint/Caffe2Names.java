package dev.millrace.components.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The names that Caffe2's Detectron and its ImageNet models use, such as {@code
 * res2_0_branch2a_bn_s}, and what they are in Detectron2; as detectron2/checkpoint/
 * c2_model_loading.py has it. There the class of the background is the first, here the last, and
 * boxes and masks of the background are left out. The result is the end of a name: {@code
 * stem.conv1.weight} of {@code backbone.bottom_up.stem.conv1.weight}.
 */
final class Caffe2Names {

  private record Step(Pattern from, String to) {}

  /** One after the other, each on what the earlier ones left. */
  private static final List<Step> STEPS =
      List.of(
          step("^pred_([bw])$", "linear_$1"),
          step("_", "."),
          step("\\.b$", ".bias"),
          step("\\.w$", ".weight"),
          step("bn\\.(?:s|gamma)$", "norm.weight"),
          step("bn\\.(?:bias|beta)$", "norm.bias"),
          step("bn\\.(?:rm|running\\.mean)$", "norm.running_mean"),
          step("bn\\.(?:riv|running\\.var)$", "norm.running_var"),
          step("gn\\.s$", "norm.weight"),
          step("gn\\.bias$", "norm.bias"),
          step("^res\\.conv1\\.norm\\.", "conv1.norm."),
          step("^conv1\\.", "stem.conv1."),
          step("\\.branch1\\.", ".shortcut."),
          step("\\.branch2a\\.", ".conv1."),
          step("\\.branch2b\\.", ".conv2."),
          step("\\.branch2c\\.", ".conv3."),
          // With an FPN one head serves all levels and is called by the finest.
          step("conv\\.rpn(?:\\.fpn2)?(?=\\.)", "proposal_generator.rpn_head.conv"),
          step("rpn\\.bbox\\.pred(?:\\.fpn2)?(?=\\.)", "proposal_generator.rpn_head.anchor_deltas"),
          step(
              "rpn\\.cls\\.logits(?:\\.fpn2)?(?=\\.)",
              "proposal_generator.rpn_head.objectness_logits"),
          step("^bbox\\.pred", "bbox_pred"),
          step("^cls\\.score", "cls_score"),
          step("^fc6\\.", "box_head.fc1."),
          step("^fc7\\.", "box_head.fc2."),
          step("^head\\.conv", "box_head.conv"),
          step("^fpn\\.inner\\.res(\\d)\\..*?(\\.norm)?\\.(\\w+)$", "fpn_lateral$1$2.$3"),
          step("^fpn\\.res(\\d)\\..*?(\\.norm)?\\.(\\w+)$", "fpn_output$1$2.$3"),
          step("^\\.(?:\\[mask\\]|mask)\\.fcn", "mask_head.mask_fcn"),
          step("mask\\.fcn\\.logits", "mask_head.predictor"),
          step("conv5\\.mask", "mask_head.deconv"),
          step("conv\\.fcn", "roi_heads.keypoint_head.conv_fcn"),
          step("kps\\.score\\.lowres", "roi_heads.keypoint_head.score_lowres"),
          step("kps\\.score\\.", "roi_heads.keypoint_head.score."));

  /** Why a parameter that the file does not name has a value. */
  static final String FOLDED = "Caffe2 folds statistics: mean 0, variance 1";

  private static final float EPSILON = 1e-5f;
  private static final int BOX = 4;
  private static final String RULE = "Caffe2's name";

  private Caffe2Names() {}

  private static Step step(String from, String to) {
    return new Step(Pattern.compile(from), to);
  }

  /** Whether names are of this kind: none has a dot, and there are weights. */
  static boolean all(Set<String> names) {
    return names.stream().noneMatch(name -> name.contains("."))
        && names.stream().anyMatch(name -> name.endsWith("_w"));
  }

  /** The end of Detectron2's name. */
  static String rename(String blob) {
    String name = blob;
    for (Step step : STEPS) {
      name = step.from().matcher(name).replaceAll(step.to());
    }
    return name;
  }

  /**
   * Statistics of a frozen normalisation, which Caffe2 has folded into scale and shift: with them
   * it is scale and shift alone, as Detectron2's FrozenBatchNorm2d has it, which adds 1e-5 to the
   * variance. Null for other parameters, and where there is no scale.
   *
   * @param found names that the file has
   */
  static @Nullable Tensor folded(String name, long[] shape, Set<String> found) {
    boolean mean = name.endsWith(".norm.running_mean");
    boolean variance = name.endsWith(".norm.running_var");
    String scale = name.substring(0, name.lastIndexOf('.') + 1) + "weight";
    if (!(mean || variance) || !found.contains(scale)) {
      return null;
    }
    float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
    Arrays.fill(values, mean ? 0 : 1 - EPSILON);
    return Tensor.of(values, shape);
  }

  static FileNames.Entry entry(String file, String blob, Tensor tensor) {
    String name = rename(blob);
    if (name.startsWith("bbox_pred.")) {
      return new FileNames.Entry(
          file, name, RULE + ", without the background's box", Slices.withoutFirst(tensor, BOX));
    }
    if (name.startsWith("mask_head.predictor.")) {
      return new FileNames.Entry(
          file, name, RULE + ", without the background's mask", Slices.withoutFirst(tensor, 1));
    }
    if (name.startsWith("cls_score.")) {
      return new FileNames.Entry(
          file, name, RULE + ", the background last", Slices.firstToLast(tensor));
    }
    return new FileNames.Entry(file, name, RULE, tensor);
  }
}
