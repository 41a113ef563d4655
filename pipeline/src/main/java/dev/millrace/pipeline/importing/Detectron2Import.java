package dev.millrace.pipeline.importing;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.modeling.MetaArchitecture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Translates a configuration of Detectron2 (YAML, version 2) into the value of {@code model}.
 *
 * <pre>{@code
 * Imported model = new Detectron2Import(registries).read(Path.of("config.yaml"), ClassNames.STANDARD);
 * }</pre>
 */
public final class Detectron2Import {
  private static final Map<String, String> NAMES =
      Map.of(
          "GeneralizedRCNN", "GeneralizedRcnn",
          "RetinaNet", "RetinaNet",
          "PanopticFPN", "PanopticFpn",
          "SemanticSegmentor", "SemanticSegmentor");

  private final Registries registries;

  /**
   * @param registries where a name that is not Detectron2's own may be found
   */
  public Detectron2Import(Registries registries) {
    this.registries = registries;
  }

  /**
   * @throws ConfigException if the file cannot be read, or a value has not the form that Detectron2
   *     gives it; what has no counterpart is in the answer
   */
  public Imported read(Path file, ClassNames names) {
    YacsConfig config = YacsConfig.read(file);
    Translation translation = new Translation(config, registries);
    input(translation);
    Map<String, Object> model = model(translation, names);
    Leftovers.report(translation);
    return new Imported(
        Titles.of(config),
        String.valueOf(file.getFileName()),
        model,
        translation.untranslated(),
        translation.notes());
  }

  private static void input(Translation translation) {
    YacsConfig config = translation.config();
    if (config.flag("MODEL.LOAD_PROPOSALS")) {
      translation.cannot(
          "MODEL.LOAD_PROPOSALS", "proposals come from a file there, and here from the picture");
    }
    String format = config.text("INPUT.FORMAT");
    if (format.equals("RGB")) {
      translation.cannot(
          "INPUT.FORMAT",
          "pictures reach the network blue first; reverse the input channels of its first"
              + " convolution (such as w[:, [2, 1, 0]]), PIXEL_MEAN and PIXEL_STD, and say BGR");
    } else if (!format.equals("BGR")) {
      translation.cannot("INPUT.FORMAT", "pictures have blue, green and red here");
    }
    if (config.whole("INPUT.MIN_SIZE_TEST") == 0) {
      translation.cannot(
          "INPUT.MIN_SIZE_TEST", "each picture keeps its size there, and gets one here");
    }
  }

  private static Map<String, Object> model(Translation translation, ClassNames names) {
    YacsConfig config = translation.config();
    BackboneTranslator backbone = new BackboneTranslator(translation);
    SemanticTranslator semantic = new SemanticTranslator(translation);
    String name = translation.component(MetaArchitecture.class, "MODEL.META_ARCHITECTURE", NAMES);
    Map<String, Object> postprocessor = new ComponentTree("DetectionPostprocessor").map();
    List<Object> classes = List.of();
    ComponentTree architecture = new ComponentTree(name);
    switch (name) {
      case "GeneralizedRcnn", "PanopticFpn" -> {
        architecture
            .with("backbone", backbone.backbone())
            .with("proposalGenerator", new ProposalTranslator(translation).proposalGenerator())
            .with("roiHeads", new RoiTranslator(translation).roiHeads(backbone));
        classes = things(translation, names, "MODEL.ROI_HEADS.NUM_CLASSES");
        if (name.equals("PanopticFpn")) {
          architecture.with("semSegHead", semantic.head());
          postprocessor = semantic.combine(stuff(translation, names, semantic));
        }
      }
      case "RetinaNet" -> {
        architecture = new RetinaNetTranslator(translation).retinaNet(backbone);
        classes = things(translation, names, "MODEL.RETINANET.NUM_CLASSES");
      }
      case "SemanticSegmentor" -> {
        architecture.with("backbone", backbone.backbone()).with("semSegHead", semantic.head());
        postprocessor = semantic.stuff(stuff(translation, names, semantic)).map();
      }
      default -> {
        // Somebody's own: its arguments are theirs.
      }
    }
    architecture
        .with("pixelMean", config.numbers("MODEL.PIXEL_MEAN"))
        .with("pixelStd", config.numbers("MODEL.PIXEL_STD"));
    if (name.equals("RetinaNet")) {
      architecture.unlessEmpty("training", new RetinaNetTranslator(translation).training());
    }
    config.skip("MODEL.MASK_ON", "MODEL.KEYPOINT_ON", "TEST.DETECTIONS_PER_IMAGE");
    return new ComponentTree()
        .with("classes", classes)
        .with("preprocessor", preprocessor(config))
        .with("architecture", architecture.map())
        .with("postprocessor", postprocessor)
        .map();
  }

  private static List<Object> things(Translation translation, ClassNames names, String key) {
    boolean keypoints = Boolean.TRUE.equals(translation.config().peek("MODEL.KEYPOINT_ON"));
    return names.things(translation.config().whole(key), key, keypoints, translation);
  }

  private static List<String> stuff(
      Translation translation, ClassNames names, SemanticTranslator semantic) {
    return names.stuff(semantic.classes(), "MODEL.SEM_SEG_HEAD.NUM_CLASSES", translation);
  }

  private static Map<String, Object> preprocessor(YacsConfig config) {
    return new ComponentTree("ResizeShortestEdge")
        .with("minSize", config.whole("INPUT.MIN_SIZE_TEST"))
        .with("maxSize", config.whole("INPUT.MAX_SIZE_TEST"))
        .map();
  }
}
