package dev.millrace.components.checkpoint;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What torchvision would have saved for a model whose parameters have Detectron2's names: its
 * names, its order of channels, classes and anchors, and numbers for the background where
 * Detectron2 has none.
 */
public final class Torchvision {

  private static final Pattern STAGE = Pattern.compile("backbone\\.bottom_up\\.res(\\d)\\.(.*)");
  private static final Pattern FPN = Pattern.compile("backbone\\.fpn_(lateral|output)(\\d)\\.(.*)");
  private static final Pattern NUMBERED = Pattern.compile("(.*?)(\\d+)\\.(.*)");

  private Torchvision() {}

  /**
   * @param newer as since torchvision 0.13, whose convolutions lie one level deeper
   * @param levels of the pyramid below what is put on top of it
   */
  public static Map<String, Tensor> of(Map<String, Tensor> model, boolean newer, int levels) {
    Map<String, Tensor> file = new LinkedHashMap<>();
    model.forEach((name, tensor) -> file.put(name(name, newer, levels), value(name, tensor)));
    return file;
  }

  private static String name(String name, boolean newer, int levels) {
    String deeper = newer ? ".0" : "";
    Matcher stage = STAGE.matcher(name);
    if (stage.matches()) {
      return "backbone.body.layer"
          + (Integer.parseInt(stage.group(1)) - 1)
          + "."
          + stage
              .group(2)
              .replace("shortcut.norm", "downsample.1")
              .replace("shortcut", "downsample.0")
              .replaceFirst("conv(\\d)\\.norm", "bn$1");
    }
    Matcher fpn = FPN.matcher(name);
    if (fpn.matches()) {
      int level = Integer.parseInt(fpn.group(2)) - (6 - levels);
      String blocks = fpn.group(1).equals("lateral") ? "inner_blocks." : "layer_blocks.";
      return "backbone.fpn." + blocks + level + deeper + "." + fpn.group(3);
    }
    if (name.startsWith("head.cls_subnet.") || name.startsWith("head.bbox_subnet.")) {
      Matcher layer = NUMBERED.matcher(name);
      if (!layer.matches()) {
        throw new IllegalArgumentException(name);
      }
      int place = Integer.parseInt(layer.group(2));
      String head = name.contains("cls") ? "classification_head" : "regression_head";
      return "head." + head + ".conv." + (newer ? place / 2 + ".0" : place) + "." + layer.group(3);
    }
    Matcher keypoint = Pattern.compile("roi_heads.keypoint_head.conv_fcn(\\d+)(.*)").matcher(name);
    if (keypoint.matches()) {
      return "roi_heads.keypoint_head."
          + 2 * (Integer.parseInt(keypoint.group(1)) - 1)
          + keypoint.group(2);
    }
    Matcher mask = Pattern.compile("roi_heads.mask_head.mask_fcn(\\d+)(.*)").matcher(name);
    if (mask.matches()) {
      return "roi_heads.mask_head."
          + (newer ? Integer.parseInt(mask.group(1)) - 1 + ".0" : "mask_fcn" + mask.group(1))
          + mask.group(2);
    }
    return name.replace("backbone.bottom_up.stem.conv1.norm", "backbone.body.bn1")
        .replace("backbone.bottom_up.stem", "backbone.body")
        .replace("backbone.top_block", "backbone.fpn.extra_blocks")
        .replace("proposal_generator.rpn_head.conv", "rpn.head.conv" + (newer ? ".0.0" : ""))
        .replace("proposal_generator.rpn_head.objectness_logits", "rpn.head.cls_logits")
        .replace("proposal_generator.rpn_head.anchor_deltas", "rpn.head.bbox_pred")
        .replace("box_head.fc1", "box_head.fc6")
        .replace("box_head.fc2", "box_head.fc7")
        .replace("mask_head.deconv", "mask_predictor.conv5_mask")
        .replace("mask_head.predictor", "mask_predictor.mask_fcn_logits")
        .replace("keypoint_head.score_lowres", "keypoint_predictor.kps_score_lowres")
        .replaceFirst("^head.cls_score", "head.classification_head.cls_logits")
        .replaceFirst("^head.bbox_pred", "head.regression_head.bbox_reg");
  }

  private static Tensor value(String name, Tensor tensor) {
    if (name.equals("backbone.bottom_up.stem.conv1.weight")) {
      return blueToRed(tensor);
    }
    if (name.contains("box_predictor.cls_score")) {
      return lastToFirst(tensor);
    }
    if (name.contains("box_predictor.bbox_pred")) {
      return behind(tensor, 4);
    }
    if (name.contains("mask_head.predictor")) {
      return behind(tensor, 1);
    }
    if (name.startsWith("head.cls_score")) {
      return byRatio(tensor, true);
    }
    return name.startsWith("head.bbox_pred") ? byRatio(tensor, false) : tensor;
  }

  private static Tensor blueToRed(Tensor weight) {
    float[] from = weight.floats();
    float[] to = new float[from.length];
    int plane = (int) (weight.shape()[2] * weight.shape()[3]);
    for (int i = 0; i < from.length; i++) {
      int channel = i / plane % 3;
      to[i + (2 - 2 * channel) * plane] = from[i];
    }
    return Tensor.of(to, weight.shape());
  }

  private static Tensor lastToFirst(Tensor tensor) {
    float[] from = tensor.floats();
    float[] to = new float[from.length];
    int row = from.length / (int) tensor.shape()[0];
    System.arraycopy(from, from.length - row, to, 0, row);
    System.arraycopy(from, 0, to, row, from.length - row);
    return Tensor.of(to, tensor.shape());
  }

  /** Behind rows of noise. */
  private static Tensor behind(Tensor tensor, int rows) {
    long[] shape = tensor.shape();
    float[] from = tensor.floats();
    int row = from.length / (int) shape[0];
    shape[0] += rows;
    float[] to = noise(from.length + rows * row);
    System.arraycopy(from, 0, to, rows * row, from.length);
    return Tensor.of(to, shape);
  }

  /** Nine anchors, sizes within ratios instead of ratios within sizes. */
  private static Tensor byRatio(Tensor tensor, boolean background) {
    long[] shape = tensor.shape();
    float[] from = tensor.floats();
    int row = from.length / (int) shape[0];
    int each = (int) shape[0] / 9;
    int theirs = each + (background ? 1 : 0);
    float[] to = noise(9 * theirs * row);
    for (int size = 0; size < 3; size++) {
      for (int ratio = 0; ratio < 3; ratio++) {
        int here = (size * 3 + ratio) * each * row;
        int there = ((ratio * 3 + size) * theirs + theirs - each) * row;
        System.arraycopy(from, here, to, there, each * row);
      }
    }
    shape[0] = 9L * theirs;
    return Tensor.of(to, shape);
  }

  private static float[] noise(int length) {
    float[] values = new float[length];
    Arrays.fill(values, (float) new Random(length).nextGaussian());
    return values;
  }
}
