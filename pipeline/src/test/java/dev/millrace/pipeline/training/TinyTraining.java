package dev.millrace.pipeline.training;

/** A network that is as small as can be, and small streets to teach it. */
public final class TinyTraining {

  public static final String CONFIG =
      """
      model:
        classes: [{name: person, id: 1}, {name: bicycle, id: 2}, {name: car, id: 3}, {name: bus, id: 6}, {name: truck, id: 8}]
        preprocessor: {name: ResizeShortestEdge, minSize: 64, maxSize: 128}
        architecture:
          name: GeneralizedRcnn
          backbone: {name: ResNet, depth: 18, stemOutChannels: 8, res2OutChannels: 8, norm: BN, outFeatures: [res3]}
          proposalGenerator:
            name: Rpn
            inFeatures: [res3]
            anchorGenerator: {name: DefaultAnchorGenerator, sizes: [[12, 24, 48]], aspectRatios: [[0.5, 1.0, 2.0]]}
            head: {name: StandardRpnHead}
            postNmsTopk: 20
            training: {postNmsTopk: 40}
          roiHeads:
            name: StandardRoiHeads
            inFeatures: [res3]
            boxPooler: {resolution: 3, samplingRatio: 1}
            boxHead: {name: FastRcnnConvFcHead, fcDims: [16]}
            boxPredictor: {name: FastRcnnOutputLayers}
            training: {batchSizePerImage: 16}
        postprocessor: {name: DetectionPostprocessor}
        weights: {initialize: ["**"], seed: 3}
      engine: {device: cpu}
      training:
        train: {dataset: "street://?split=train&images=40&width=128&height=72&moments=4"}
        test: {dataset: "street://?split=validation&images=4&width=128&height=72"}
        solver: {imsPerBatch: 2, maxIter: 12, baseLr: 0.02, warmupIters: 4, lrScheduler: warmup-cosine, checkpointPeriod: 5, weightDecayNorm: 0.0001}
        seed: 11
      """;

  /** The same with a dense detector. */
  public static final String RETINANET =
      CONFIG.substring(0, CONFIG.indexOf("  architecture:"))
          + """
            architecture:
              name: RetinaNet
              backbone:
                name: Fpn
                bottomUp: {name: ResNet, depth: 18, stemOutChannels: 8, res2OutChannels: 8, norm: BN, outFeatures: [res3, res4]}
                outChannels: 8
                topBlock: {name: LastLevelP6P7, inFeature: p4}
              inFeatures: [p3, p4, p5, p6]
              anchorGenerator: {name: DefaultAnchorGenerator, sizes: [[12], [24], [48], [96]], aspectRatios: [[0.5, 1.0, 2.0]]}
              head: {name: RetinaNetHead, convDims: [8]}
          """
          + CONFIG.substring(CONFIG.indexOf("  postprocessor:"));

  private TinyTraining() {}
}
