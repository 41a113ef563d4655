package dev.millrace.components.checkpoint;

import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The names of torchvision's Faster, Mask and Keypoint R-CNN, RetinaNet and FCOS over a ResNet with
 * FPN, of its older and newer versions, and of its ResNets for ImageNet, whose names become ends of
 * Detectron2's. What differs besides names:
 *
 * <ul>
 *   <li>torchvision's pictures are RGB. The first convolution's input is turned round, so that the
 *       model takes BGR as all of Detectron2's do. Its values are 0 to 1 there and 0 to 255 here:
 *       ImageNet's mean and deviation, which torchvision's models have, are here {@code pixelMean:
 *       [103.53, 116.28, 123.675]} and {@code pixelStd: [57.375, 57.12, 58.395]}.
 *   <li>The background is its class 0, and Detectron2's last or none: the class scores' first row
 *       becomes the last; boxes, masks, and classes of RetinaNet and FCOS, lose the background's.
 *       Class n here is torchvision's n + 1: models of COCO have 90 classes, their ids as in COCO.
 *   <li>RetinaNet's nine anchors of a place are ordered by ratio, then size; here by size, then
 *       ratio.
 * </ul>
 *
 * Not in the file, and so for the configuration to say: {@code strideIn1x1: false}, pooling without
 * the half-pixel shift, and where normalisation is frozen, that torchvision adds nothing to its
 * variances in the first version of its COCO weights.
 */
final class TorchvisionNames {

  private static final String RULE = "torchvision's name";
  private static final String WEIGHT = "(weight|bias|running_mean|running_var|num_batches_tracked)";
  private static final Pattern LAYER = Pattern.compile("layer(\\d)\\.(\\d+)\\.(.+)");
  private static final Pattern FPN =
      Pattern.compile("backbone\\.fpn\\.(inner|layer)_blocks\\.(\\d+)(?:\\.([01]))?\\." + WEIGHT);
  private static final Pattern BLOCK = Pattern.compile("(\\d+)\\.([01])\\." + WEIGHT);
  private static final Pattern SINGLE = Pattern.compile("(\\d+)\\." + WEIGHT);
  private static final int BOX = 4;

  /** A name, what its value needs, and what to tell. */
  private record Renamed(String name, String also, UnaryOperator<Tensor> change) {
    static Renamed plain(String name) {
      return new Renamed(name, "", UnaryOperator.identity());
    }
  }

  private final boolean detector;
  private final int levels;
  private final int rpnConvs;
  private final int boxConvs;
  private final boolean headsHaveNorms;
  private final int anchors;

  private TorchvisionNames(Map<String, Tensor> file, boolean detector) {
    this.detector = detector;
    Set<String> names = file.keySet();
    levels = count(names, "backbone\\.fpn\\.inner_blocks\\.(\\d+)\\..*");
    rpnConvs = count(names, "rpn\\.head\\.conv\\.(\\d+)\\.0\\..*");
    boxConvs = count(names, "roi_heads\\.box_head\\.(\\d+)\\.0\\..*");
    headsHaveNorms = count(names, "head\\..*_head\\.conv\\.(\\d+)\\.1\\..*") > 0;
    Tensor boxes = file.get("head.regression_head.bbox_reg.weight");
    anchors = boxes == null ? 0 : Slices.rows(boxes) / BOX;
  }

  /** How these entries are to be renamed, or null if they are not torchvision's. */
  static @Nullable TorchvisionNames of(Map<String, Tensor> file) {
    if (file.containsKey("backbone.body.conv1.weight")) {
      return new TorchvisionNames(file, true);
    }
    return file.containsKey("conv1.weight") && file.containsKey("layer1.0.conv1.weight")
        ? new TorchvisionNames(file, false)
        : null;
  }

  private static int count(Set<String> names, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return names.stream()
        .map(compiled::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .collect(Collectors.toSet())
        .size();
  }

  FileNames.Entry entry(String file, String name, Tensor tensor) {
    Renamed renamed = rename(name);
    return renamed == null
        ? new FileNames.Entry(file, name, "", tensor)
        : new FileNames.Entry(
            file, renamed.name(), RULE + renamed.also(), renamed.change().apply(tensor));
  }

  private @Nullable Renamed rename(String name) {
    if (!detector) {
      return body(name, "");
    }
    if (name.startsWith("backbone.body.")) {
      return body(name.substring("backbone.body.".length()), "backbone.bottom_up.");
    }
    if (name.startsWith("backbone.fpn.")) {
      return pyramid(name);
    }
    if (name.startsWith("rpn.head.")) {
      return proposals(name.substring("rpn.head.".length()));
    }
    if (name.startsWith("roi_heads.")) {
      return regions(name.substring("roi_heads.".length()));
    }
    return name.startsWith("head.") ? dense(name.substring("head.".length())) : null;
  }

  private static @Nullable Renamed body(String name, String to) {
    if (name.equals("conv1.weight")) {
      return new Renamed(to + "stem.conv1.weight", ", RGB to BGR", Slices::channelsReversed);
    }
    if (name.startsWith("bn1.")) {
      return Renamed.plain(to + "stem.conv1.norm." + name.substring("bn1.".length()));
    }
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) {
      return null;
    }
    String part =
        layer
            .group(3)
            .replaceFirst("^bn(\\d)\\.", "conv$1.norm.")
            .replaceFirst("^downsample\\.0\\.", "shortcut.")
            .replaceFirst("^downsample\\.1\\.", "shortcut.norm.");
    int stage = Integer.parseInt(layer.group(1)) + 1;
    return Renamed.plain(to + "res" + stage + "." + layer.group(2) + "." + part);
  }

  private @Nullable Renamed pyramid(String name) {
    if (name.startsWith("backbone.fpn.extra_blocks.")) {
      return Renamed.plain(
          "backbone.top_block." + name.substring("backbone.fpn.extra_blocks.".length()));
    }
    Matcher block = FPN.matcher(name);
    if (!block.matches()) {
      return null;
    }
    // The coarsest is always res5.
    int stage = 6 - levels + Integer.parseInt(block.group(2));
    return Renamed.plain(
        "backbone.fpn_"
            + (block.group(1).equals("inner") ? "lateral" : "output")
            + stage
            + ("1".equals(block.group(3)) ? ".norm." : ".")
            + block.group(4));
  }

  private @Nullable Renamed proposals(String name) {
    String to = "proposal_generator.rpn_head.";
    if (name.startsWith("cls_logits.")) {
      return Renamed.plain(to + "objectness_logits." + last(name));
    }
    if (name.startsWith("bbox_pred.")) {
      return Renamed.plain(to + "anchor_deltas." + last(name));
    }
    if (!name.startsWith("conv.")) {
      return null;
    }
    Matcher block = BLOCK.matcher(name.substring("conv.".length()));
    return Renamed.plain(
        to
            + (block.matches() && rpnConvs > 1 ? "conv.conv" + block.group(1) : "conv")
            + "."
            + last(name));
  }

  private @Nullable Renamed regions(String name) {
    String part = name.substring(0, name.indexOf('.') + 1);
    String rest = name.substring(part.length());
    return switch (part) {
      case "box_head." -> boxHead(rest);
      case "box_predictor." -> boxPredictor(rest);
      case "mask_head." -> maskHead(rest);
      case "mask_predictor." -> maskPredictor(rest);
      case "keypoint_head." -> keypointHead(rest);
      case "keypoint_predictor." ->
          rest.startsWith("kps_score_lowres.")
              ? Renamed.plain("roi_heads.keypoint_head.score_lowres." + last(rest))
              : null;
      default -> null;
    };
  }

  private @Nullable Renamed boxHead(String name) {
    String to = "roi_heads.box_head.";
    if (name.startsWith("fc6.") || name.startsWith("fc7.")) {
      return Renamed.plain(to + (name.startsWith("fc6.") ? "fc1." : "fc2.") + last(name));
    }
    Matcher block = BLOCK.matcher(name);
    if (block.matches()) {
      return Renamed.plain(to + blockName("conv", block));
    }
    Matcher single = SINGLE.matcher(name);
    // Convolutions, then what flattens, then pairs of a linear layer and what clips it.
    return single.matches()
        ? Renamed.plain(
            to
                + "fc"
                + ((Integer.parseInt(single.group(1)) - boxConvs - 1) / 2 + 1)
                + "."
                + last(name))
        : null;
  }

  private static @Nullable Renamed boxPredictor(String name) {
    String to = "roi_heads.box_predictor." + name;
    if (name.startsWith("cls_score.")) {
      return new Renamed(to, ", the background last", Slices::firstToLast);
    }
    return name.startsWith("bbox_pred.")
        ? new Renamed(
            to, ", without the background's box", tensor -> Slices.withoutFirst(tensor, BOX))
        : null;
  }

  private static Renamed maskHead(String name) {
    Matcher block = BLOCK.matcher(name);
    return Renamed.plain(
        "roi_heads.mask_head." + (block.matches() ? blockName("mask_fcn", block) : name));
  }

  private static @Nullable Renamed maskPredictor(String name) {
    if (name.startsWith("conv5_mask.")) {
      return Renamed.plain("roi_heads.mask_head.deconv." + last(name));
    }
    return name.startsWith("mask_fcn_logits.")
        ? new Renamed(
            "roi_heads.mask_head.predictor." + last(name),
            ", without the background's mask",
            tensor -> Slices.withoutFirst(tensor, 1))
        : null;
  }

  private static @Nullable Renamed keypointHead(String name) {
    Matcher single = SINGLE.matcher(name);
    // Every second is what clips.
    return single.matches()
        ? Renamed.plain(
            "roi_heads.keypoint_head.conv_fcn"
                + (Integer.parseInt(single.group(1)) / 2 + 1)
                + "."
                + last(name))
        : null;
  }

  /** RetinaNet's and FCOS's heads. */
  private @Nullable Renamed dense(String name) {
    boolean classes = name.startsWith("classification_head.");
    if (!classes && !name.startsWith("regression_head.")) {
      return null;
    }
    String rest = name.substring(name.indexOf('.') + 1);
    if (rest.startsWith("conv.")) {
      String layer = rest.substring("conv.".length());
      Matcher block = BLOCK.matcher(layer);
      if (block.matches()) {
        int place = Integer.parseInt(block.group(1)) * (headsHaveNorms ? 3 : 2);
        layer = place + Integer.parseInt(block.group(2)) + "." + block.group(3);
      }
      return Renamed.plain("head." + (classes ? "cls_subnet." : "bbox_subnet.") + layer);
    }
    if (rest.startsWith("cls_logits.")) {
      return new Renamed(
          "head.cls_score." + last(rest),
          ", without the background" + (anchors == 9 ? ", anchors by size" : ""),
          this::classScores);
    }
    if (rest.startsWith("bbox_reg.")) {
      return new Renamed(
          "head.bbox_pred." + last(rest),
          anchors == 9 ? ", anchors by size" : "",
          tensor -> perAnchor(tensor, 0));
    }
    return rest.startsWith("bbox_ctrness.") ? Renamed.plain("head.ctrness." + last(rest)) : null;
  }

  private Tensor classScores(Tensor tensor) {
    return perAnchor(tensor, 1);
  }

  /**
   * Rows of nine anchors in the order of Detectron2, for one anchor as they are.
   *
   * @param dropped of each anchor's rows, the first
   */
  private Tensor perAnchor(Tensor tensor, int dropped) {
    int rows = Slices.rows(tensor);
    int each = anchors == 0 ? 0 : rows / anchors;
    if (each <= dropped || rows % anchors != 0) {
      return tensor;
    }
    int kept = each - dropped;
    return Slices.take(
        tensor,
        0,
        IntStream.range(0, anchors * kept)
            .map(row -> place(row / kept) * each + dropped + row % kept)
            .toArray());
  }

  /**
   * Where torchvision has Detectron2's anchor: three sizes of a ratio, and three ratios of a size.
   */
  private int place(int anchor) {
    return anchors == 9 ? anchor % 3 * 3 + anchor / 3 : anchor;
  }

  /** A convolution of a block, and its normalisation. */
  private static String blockName(String layer, Matcher block) {
    return layer
        + (Integer.parseInt(block.group(1)) + 1)
        + (block.group(2).equals("1") ? ".norm." : ".")
        + block.group(3);
  }

  private static String last(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
