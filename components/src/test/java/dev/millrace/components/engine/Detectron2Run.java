package dev.millrace.components.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.millrace.components.image.Frame;
import dev.millrace.components.modeling.ImageBatch;
import dev.millrace.components.modeling.Mask;
import dev.millrace.components.modeling.MetaArchitecture;
import dev.millrace.components.testing.Assets;
import dev.millrace.components.testing.Npy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One run of a fixture: its pictures, and what Detectron2 computed of them. */
record Detectron2Run(String fixture, String tag) {

  private static Npy read(String path) {
    try {
      return Npy.read(Assets.path("detectron2/" + path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Numbers of the pictures. */
  List<Integer> pictures() {
    return tag.equals("batch") ? List.of(0, 1, 2) : List.of(tag.charAt(3) - '0');
  }

  /** What is added to the name of a file that belongs to one image. */
  String suffix(int image) {
    return tag.equals("batch") ? "_" + image : "";
  }

  /** Height, width, and the bytes of a picture, blue first. */
  static Frame raw(int picture) {
    Npy raw = read("_images/img" + picture + "_raw_bgr.npy");
    return new Frame((int) raw.shape()[1], (int) raw.shape()[0], bytes(raw));
  }

  /** What Detectron2 and Pillow made of it: height x width x 3. */
  static Frame resized(int picture) {
    Npy resized = read("_images/img" + picture + "_resized_bgr.npy");
    return new Frame((int) resized.shape()[1], (int) resized.shape()[0], bytes(resized));
  }

  private static byte[] bytes(Npy array) {
    byte[] bytes = new byte[array.data().remaining()];
    array.data().duplicate().get(bytes);
    return bytes;
  }

  List<Frame> frames() {
    return pictures().stream().map(Detectron2Run::raw).toList();
  }

  /** Fails unless a batch holds Detectron2's resized pictures, byte for byte, and zeros. */
  void hasResizedPictures(ImageBatch batch) {
    int plane = batch.height() * batch.width();
    for (int n = 0; n < batch.images(); n++) {
      Frame expected = resized(pictures().get(n));
      assertThat(batch.sizes()[2 * n]).isEqualTo(expected.height());
      assertThat(batch.sizes()[2 * n + 1]).isEqualTo(expected.width());
      int wrong = 0;
      for (int i = 0; i < 3 * plane; i++) {
        int y = i % plane / batch.width();
        int x = i % plane % batch.width();
        boolean inside = y < expected.height() && x < expected.width();
        byte wanted =
            inside ? expected.bgr()[3 * (y * expected.width() + x) + i / plane] : (byte) 0;
        wrong += batch.pixels().get(n * 3 * plane + i) == wanted ? 0 : 1;
      }
      assertThat(wrong).as("pixels of picture " + pictures().get(n)).isZero();
    }
  }

  /** What a network is given of a batch. */
  static Map<String, HostArray> given(ImageBatch batch) {
    float[] sizes = new float[batch.sizes().length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = batch.sizes()[i];
    }
    Map<String, HostArray> given = new LinkedHashMap<>();
    given.put(
        MetaArchitecture.PIXELS,
        new HostArray(
            DataType.UINT8,
            new Shape(batch.images(), 3, batch.height(), batch.width()),
            batch.pixels()));
    given.put(MetaArchitecture.SIZES, HostArray.floats(sizes, new Shape(batch.images(), 2)));
    return given;
  }

  /** Every array that Detectron2 wrote in this run, by the file's name. */
  Map<String, Npy> files() {
    Map<String, Npy> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder())) {
      for (Path file : all.filter(f -> f.toString().endsWith(".npy")).toList()) {
        files.put(file.getFileName().toString().replace(".npy", ""), Npy.read(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** The names of everything that Detectron2 wrote in this run. */
  Set<String> names() {
    Set<String> names = new TreeSet<>(files().keySet());
    for (int n = 0; n < pictures().size(); n++) {
      if (Files.exists(folder().resolve(masks(n) + ".json"))) {
        names.add(masks(n));
      }
    }
    return names;
  }

  /** The name of the file of an image's masks. */
  String masks(int image) {
    return "final_pred_masks" + suffix(image) + "_rle";
  }

  /** The masks of an image's detections; none where the model has no mask head. */
  List<Mask> readMasks(int image) {
    Path file = folder().resolve(masks(image) + ".json");
    List<Mask> masks = new ArrayList<>();
    if (Files.exists(file)) {
      for (JsonNode mask : JsonMapper.shared().readTree(file.toFile())) {
        masks.add(
            new Mask(
                mask.get("size").get(0).asInt(),
                mask.get("size").get(1).asInt(),
                mask.get("counts").asString()));
      }
    }
    return masks;
  }

  /** What Detectron2 says of the segments of an image. */
  JsonNode segmentsInfo(int image) {
    Path file = folder().resolve("final_segments_info.json");
    return JsonMapper.shared().readTree(file.toFile()).get(image);
  }

  private Path folder() {
    return Assets.path("detectron2/" + fixture + "/" + tag);
  }

  /** A file's array as a stage's input, with the batch's axis where the file has none. */
  static HostArray array(String file, Npy npy) {
    Shape shape = new Shape(npy.shape());
    if (file.startsWith("proposals_") || file.startsWith("pre_")) {
      shape = new Shape(1).addAll(shape);
    }
    if (npy.type().equals("<f4")) {
      return HostArray.floats(npy.floats(), shape);
    }
    HostArray longs = HostArray.zeros(DataType.INT64, shape);
    longs.data().duplicate().put(npy.data().duplicate().order(ByteOrder.nativeOrder()));
    return longs;
  }
}
