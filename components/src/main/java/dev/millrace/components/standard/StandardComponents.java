package dev.millrace.components.standard;

import dev.millrace.components.Registries;
import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.modeling.GeneralizedRcnn;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.modeling.Postprocessor;
import dev.millrace.components.modeling.Preprocessor;
import dev.millrace.components.modeling.ProposalGenerator;
import dev.millrace.components.modeling.RoiHeads;
import dev.millrace.components.modeling.backbone.FbNetV3;
import dev.millrace.components.modeling.backbone.Fpn;
import dev.millrace.components.modeling.backbone.LastLevelMaxPool;
import dev.millrace.components.modeling.backbone.LastLevelP6P7;
import dev.millrace.components.modeling.backbone.ResNet;
import dev.millrace.components.modeling.backbone.TopBlock;
import dev.millrace.components.modeling.dense.DenseHead;
import dev.millrace.components.modeling.dense.Fcos;
import dev.millrace.components.modeling.dense.FcosHead;
import dev.millrace.components.modeling.dense.RetinaNet;
import dev.millrace.components.modeling.dense.RetinaNetHead;
import dev.millrace.components.modeling.graph.BoxesDecoder;
import dev.millrace.components.modeling.graph.DetectionDecoder;
import dev.millrace.components.modeling.graph.OnnxBackbone;
import dev.millrace.components.modeling.graph.OnnxDetector;
import dev.millrace.components.modeling.graph.TorchScriptBackbone;
import dev.millrace.components.modeling.graph.YoloxDecoder;
import dev.millrace.components.modeling.postprocess.DetectionPostprocessor;
import dev.millrace.components.modeling.postprocess.PanopticPostprocessor;
import dev.millrace.components.modeling.postprocess.SemanticPostprocessor;
import dev.millrace.components.modeling.preprocess.D2GoResize;
import dev.millrace.components.modeling.preprocess.LetterboxResize;
import dev.millrace.components.modeling.preprocess.ResizeShortestEdge;
import dev.millrace.components.modeling.proposal.AnchorGenerator;
import dev.millrace.components.modeling.proposal.DefaultAnchorGenerator;
import dev.millrace.components.modeling.proposal.FbNetV3RpnHead;
import dev.millrace.components.modeling.proposal.Rpn;
import dev.millrace.components.modeling.proposal.RpnHead;
import dev.millrace.components.modeling.proposal.StandardRpnHead;
import dev.millrace.components.modeling.roi.BoxHead;
import dev.millrace.components.modeling.roi.BoxPredictor;
import dev.millrace.components.modeling.roi.CascadeRoiHeads;
import dev.millrace.components.modeling.roi.FastRcnnConvFcHead;
import dev.millrace.components.modeling.roi.FastRcnnOutputLayers;
import dev.millrace.components.modeling.roi.FbNetV3RoiBoxHead;
import dev.millrace.components.modeling.roi.FbNetV3RoiKeypointHead;
import dev.millrace.components.modeling.roi.FbNetV3RoiMaskHead;
import dev.millrace.components.modeling.roi.KeypointHead;
import dev.millrace.components.modeling.roi.KrcnnConvDeconvUpsampleHead;
import dev.millrace.components.modeling.roi.MaskHead;
import dev.millrace.components.modeling.roi.MaskRcnnConvUpsampleHead;
import dev.millrace.components.modeling.roi.Res5RoiHeads;
import dev.millrace.components.modeling.roi.StandardRoiHeads;
import dev.millrace.components.modeling.semantic.PanopticFpn;
import dev.millrace.components.modeling.semantic.SemSegFpnHead;
import dev.millrace.components.modeling.semantic.SemSegHead;
import dev.millrace.components.modeling.semantic.SemanticSegmentor;

/** The kinds, and what ships of each. Plugins add to the same registries. */
public final class StandardComponents {

  private StandardComponents() {}

  /** New registries with everything that ships; the caller owns them. */
  public static Registries registries() {
    Registries r = new Registries();
    r.define(Preprocessor.class, "preprocessor")
        .register(
            "ResizeShortestEdge",
            "Detectron2's: short side to a length, Pillow's bilinear filter",
            ResizeShortestEdge.Args.class,
            ResizeShortestEdge::fromConfig)
        .register(
            "D2GoResize",
            "D2Go's: short side to a length, aligned corners",
            D2GoResize.Args.class,
            D2GoResize::fromConfig)
        .register(
            "LetterboxResize",
            "YOLOX's: into a fixed size, proportions kept, OpenCV's bilinear filter",
            LetterboxResize.Args.class,
            LetterboxResize::fromConfig);
    r.define(MetaArchitecture.class, "meta-architecture")
        .register(
            "GeneralizedRcnn",
            "Backbone, proposals, ROI heads (Detectron2's GeneralizedRCNN)",
            GeneralizedRcnn.Args.class,
            GeneralizedRcnn::fromConfig)
        .register(
            "RetinaNet",
            "Backbone and a head over every anchor (Detectron2's RetinaNet)",
            RetinaNet.Args.class,
            RetinaNet::fromConfig)
        .register(
            "Fcos",
            "Backbone and a head over every cell (Detectron2's FCOS)",
            Fcos.Args.class,
            Fcos::fromConfig)
        .register(
            "PanopticFpn",
            "R-CNN with masks, and a class for each pixel (Detectron2's PanopticFPN)",
            PanopticFpn.Args.class,
            PanopticFpn::fromConfig)
        .register(
            "SemanticSegmentor",
            "A class for each pixel (Detectron2's SemanticSegmentor)",
            SemanticSegmentor.Args.class,
            SemanticSegmentor::fromConfig)
        .register(
            "OnnxDetector",
            "A whole detector in an ONNX file",
            OnnxDetector.Args.class,
            OnnxDetector::fromConfig);
    r.define(DenseHead.class, "dense head")
        .register(
            "RetinaNetHead",
            "Two subnets of 3x3 convolutions",
            RetinaNetHead.Args.class,
            RetinaNetHead::fromConfig)
        .register(
            "FcosHead",
            "RetinaNet's, with the nearness to an object's middle",
            FcosHead.Args.class,
            FcosHead::fromConfig);
    r.define(SemSegHead.class, "semantic segmentation head")
        .register(
            "SemSegFpnHead",
            "Every level convolved and enlarged, then their sum classified",
            SemSegFpnHead.Args.class,
            SemSegFpnHead::fromConfig);
    r.define(DetectionDecoder.class, "detection decoder")
        .register(
            "Yolox",
            "YOLOX's cells to boxes, suppression by class",
            YoloxDecoder.Args.class,
            YoloxDecoder::fromConfig)
        .register(
            "Boxes",
            "Of a graph that gives boxes, scores and classes",
            BoxesDecoder.Args.class,
            BoxesDecoder::fromConfig);
    r.define(Backbone.class, "backbone")
        .register(
            "FbNetV3",
            "D2Go's mobile backbone, any architecture",
            FbNetV3.Args.class,
            FbNetV3::fromConfig)
        .register(
            "ResNet", "ResNet and ResNeXt of any depth", ResNet.Args.class, ResNet::fromConfig)
        .register("Fpn", "Feature pyramid over another backbone", Fpn.Args.class, Fpn::fromConfig)
        .register(
            "OnnxBackbone",
            "Feature maps of an ONNX file, merged into the segment",
            OnnxBackbone.Args.class,
            OnnxBackbone::fromConfig)
        .register(
            "TorchScriptBackbone",
            "Feature maps of a TorchScript file, run by PyTorch; must be trusted",
            TorchScriptBackbone.Args.class,
            TorchScriptBackbone::fromConfig);
    r.define(TopBlock.class, "FPN top block")
        .register(
            "LastLevelMaxPool",
            "Every other cell of the coarsest level (Faster R-CNN)",
            LastLevelMaxPool.Args.class,
            LastLevelMaxPool::fromConfig)
        .register(
            "LastLevelP6P7",
            "Two convolutions of stride 2 (RetinaNet)",
            LastLevelP6P7.Args.class,
            LastLevelP6P7::fromConfig);
    r.define(ProposalGenerator.class, "proposal generator")
        .register("Rpn", "Region proposal network", Rpn.Args.class, Rpn::fromConfig);
    r.define(AnchorGenerator.class, "anchor generator")
        .register(
            "DefaultAnchorGenerator",
            "Every size in every aspect ratio",
            DefaultAnchorGenerator.Args.class,
            DefaultAnchorGenerator::fromConfig);
    r.define(RpnHead.class, "RPN head")
        .register(
            "StandardRpnHead",
            "3x3 convolution, then two of 1x1",
            StandardRpnHead.Args.class,
            StandardRpnHead::fromConfig)
        .register(
            "FbNetV3RpnHead",
            "D2Go's: inverted residuals, then two of 1x1",
            FbNetV3RpnHead.Args.class,
            FbNetV3RpnHead::fromConfig);
    r.define(RoiHeads.class, "ROI heads")
        .register(
            "StandardRoiHeads",
            "Pool, box head, box predictor; masks and keypoints of what is found",
            StandardRoiHeads.Args.class,
            StandardRoiHeads::fromConfig)
        .register(
            "CascadeRoiHeads",
            "Box heads one after the other (Cascade R-CNN)",
            CascadeRoiHeads.Args.class,
            CascadeRoiHeads::fromConfig)
        .register(
            "Res5RoiHeads",
            "The ResNet's last stage over each region (C4)",
            Res5RoiHeads.Args.class,
            Res5RoiHeads::fromConfig);
    r.define(BoxHead.class, "box head")
        .register(
            "FastRcnnConvFcHead",
            "Convolutions, then fully connected layers",
            FastRcnnConvFcHead.Args.class,
            FastRcnnConvFcHead::fromConfig)
        .register(
            "FbNetV3RoiBoxHead",
            "D2Go's: inverted residuals, then the mean",
            FbNetV3RoiBoxHead.Args.class,
            FbNetV3RoiBoxHead::fromConfig);
    r.define(BoxPredictor.class, "box predictor")
        .register(
            "FastRcnnOutputLayers",
            "Softmax over classes, box deltas, suppression by class",
            FastRcnnOutputLayers.Args.class,
            FastRcnnOutputLayers::fromConfig);
    r.define(MaskHead.class, "mask head")
        .register(
            "MaskRcnnConvUpsampleHead",
            "Convolutions, a transposed one, a mask for each class or for all",
            MaskRcnnConvUpsampleHead.Args.class,
            MaskRcnnConvUpsampleHead::fromConfig)
        .register(
            "FbNetV3RoiMaskHead",
            "D2Go's: inverted residuals, then one of 1x1",
            FbNetV3RoiMaskHead.Args.class,
            FbNetV3RoiMaskHead::fromConfig);
    r.define(KeypointHead.class, "keypoint head")
        .register(
            "KrcnnConvDeconvUpsampleHead",
            "Convolutions, a transposed one, bilinear interpolation",
            KrcnnConvDeconvUpsampleHead.Args.class,
            KrcnnConvDeconvUpsampleHead::fromConfig)
        .register(
            "FbNetV3RoiKeypointHead",
            "D2Go's: inverted residuals",
            FbNetV3RoiKeypointHead.Args.class,
            FbNetV3RoiKeypointHead::fromConfig);
    r.define(Postprocessor.class, "postprocessor")
        .register(
            "DetectionPostprocessor",
            "Boxes to source pixels; thresholds and classes to keep",
            DetectionPostprocessor.Args.class,
            DetectionPostprocessor::fromConfig)
        .register(
            "PanopticPostprocessor",
            "The same, and every pixel in one segment at most",
            PanopticPostprocessor.Args.class,
            PanopticPostprocessor::fromConfig)
        .register(
            "SemanticPostprocessor",
            "Every pixel in the segment of its class",
            SemanticPostprocessor.Args.class,
            SemanticPostprocessor::fromConfig);
    return r;
  }
}
