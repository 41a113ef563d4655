package dev.millrace.components.testing;

import dev.millrace.components.ShapeSpec;
import dev.millrace.components.modeling.BoxTransform;
import dev.millrace.components.modeling.Norm;
import dev.millrace.components.modeling.PixelNormalization;
import dev.millrace.components.modeling.backbone.Fpn;
import dev.millrace.components.modeling.backbone.LastLevelP6P7;
import dev.millrace.components.modeling.backbone.ResNet;
import dev.millrace.components.modeling.backbone.ResNetShape;
import dev.millrace.components.modeling.dense.DenseInference;
import dev.millrace.components.modeling.dense.RetinaNet;
import dev.millrace.components.modeling.dense.RetinaNetHead;
import dev.millrace.components.modeling.dense.RetinaNetTraining;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/**
 * The RetinaNet of the assets' folder {@code detectron2}, as its {@code config.yaml} says, by
 * explicit constructors and with its parts at hand.
 */
public final class RetinaNetFixture {

  public static final String NAME = "05_retinanet_R_50_FPN";

  public static final int CLASSES = 20;

  public static final List<String> LEVELS = List.of("p3", "p4", "p5", "p6", "p7");

  public final ResNet bottomUp =
      new ResNet(
          new ResNetShape(50, 16, 32, 1, 8, true, 1, Norm.FROZEN_BN),
          List.of("stem", "res3", "res4", "res5"));

  public final DefaultAnchorGenerator anchors;
  public final RetinaNet model;

  /** A new model; its parameters are its own. */
  public RetinaNetFixture() {
    Fpn fpn =
        new Fpn(
            bottomUp,
            List.of("res3", "res4", "res5"),
            32,
            Norm.NONE,
            false,
            new LastLevelP6P7(32, "res5"));
    anchors =
        new DefaultAnchorGenerator(
            Stream.of(32, 64, 128, 256, 512).map(RetinaNetFixture::octave).toList(),
            List.of(List.of(0.5, 1.0, 2.0)),
            LEVELS.stream().map(fpn.outputShape()::get).mapToInt(ShapeSpec::stride).toArray(),
            0);
    model =
        new RetinaNet(
            fpn,
            LEVELS,
            anchors,
            new RetinaNetHead(
                CLASSES, anchors.anchorsPerCell(0), Collections.nCopies(4, 32), Norm.NONE, 0.01),
            new BoxTransform(1, 1, 1, 1),
            new DenseInference(0.05f, 200, 0.5f, 100),
            new PixelNormalization(new float[] {103.53f, 116.28f, 123.675f}, new float[] {1, 1, 1}),
            RetinaNetTraining.STANDARD);
  }

  /** A side and what lies between it and its double. */
  private static List<Double> octave(int side) {
    return Stream.of(0, 1, 2).map(third -> side * Math.pow(2, third / 3.0)).toList();
  }
}
