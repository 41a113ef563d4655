package dev.millrace.pipeline.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.millrace.components.ConfigException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;

/** Reads and checks an {@code instances.json}, or writes one. */
record CocoFile(Path file) {

  private static final ObjectReader READER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .build()
          .readerFor(Instances.class);

  private record Instances(
      @Nullable List<@Nullable ImageEntry> images,
      @Nullable List<@Nullable CategoryEntry> categories,
      @Nullable List<@Nullable Annotation> annotations) {}

  private record ImageEntry(
      @Nullable Long id,
      @JsonProperty("file_name") @Nullable String fileName,
      int width,
      int height) {}

  private record CategoryEntry(@Nullable Long id, @Nullable String name) {}

  private record Annotation(
      @JsonProperty("image_id") @Nullable Long image,
      @JsonProperty("category_id") @Nullable Long category,
      @Nullable List<@Nullable Double> bbox,
      @Nullable Double area,
      int iscrowd,
      @JsonDeserialize(using = OutlineReader.class) @Nullable Outline segmentation,
      @Nullable List<@Nullable Double> keypoints) {}

  CocoDataset read() {
    Instances all = parse();
    List<Image> images = new ArrayList<>();
    Set<Long> imageIds = new HashSet<>();
    for (ImageEntry entry : entries("images", all.images())) {
      String where = "images[" + images.size() + "]";
      long id = unique(where, entry.id(), imageIds);
      images.add(new Image(id, inside(where, entry.fileName()), entry.width(), entry.height()));
    }
    List<Category> categories = new ArrayList<>();
    Set<Long> categoryIds = new HashSet<>();
    for (CategoryEntry entry : entries("categories", all.categories())) {
      String where = "categories[" + categories.size() + "]";
      long id = unique(where, entry.id(), categoryIds);
      categories.add(new Category(id, entry.name() == null ? Long.toString(id) : entry.name()));
    }
    List<TrueBox> boxes = new ArrayList<>();
    Map<Long, Image> byId =
        images.stream().collect(Collectors.toMap(Image::id, Function.identity()));
    for (Annotation entry : entries("annotations", all.annotations())) {
      boxes.add(box("annotations[" + boxes.size() + "]", entry, byId, categoryIds));
    }
    if (boxes.stream().allMatch(TrueBox::crowd)) {
      throw problem("annotations", "no object to find, so that nothing can be evaluated.");
    }
    return new CocoDataset(images, categories, boxes);
  }

  void write(CocoDataset dataset) {
    try (JsonGenerator json =
        new JsonFactory()
            .createGenerator(ObjectWriteContext.empty(), file.toFile(), JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("images");
      for (Image image : dataset.images()) {
        json.writeStartObject();
        json.writeNumberProperty("id", image.id());
        json.writeStringProperty("file_name", image.fileName());
        json.writeNumberProperty("width", image.width());
        json.writeNumberProperty("height", image.height());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("categories");
      for (Category category : dataset.categories()) {
        json.writeStartObject();
        json.writeNumberProperty("id", category.id());
        json.writeStringProperty("name", category.name());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("annotations");
      long id = 0;
      for (TrueBox box : dataset.boxes()) {
        write(json, ++id, box);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (JacksonException e) {
      throw new ConfigException(
          file.toString(),
          "this file cannot be written: " + e.getOriginalMessage() + ".",
          "Check the folder and the room on its disk.");
    }
  }

  private static void write(JsonGenerator json, long id, TrueBox box) {
    json.writeStartObject();
    json.writeNumberProperty("id", id);
    json.writeNumberProperty("image_id", box.imageId());
    json.writeNumberProperty("category_id", box.categoryId());
    json.writeArrayPropertyStart("bbox");
    json.writeNumber(box.x1());
    json.writeNumber(box.y1());
    json.writeNumber(box.x2() - box.x1());
    json.writeNumber(box.y2() - box.y1());
    json.writeEndArray();
    json.writeNumberProperty("area", box.area());
    json.writeNumberProperty("iscrowd", box.crowd() ? 1 : 0);
    Outline outline = box.outline();
    if (outline != null) {
      json.writeName("segmentation");
      outline.write(json);
    }
    if (!box.keypoints().isEmpty()) {
      json.writeArrayPropertyStart("keypoints");
      for (TrueKeypoint keypoint : box.keypoints()) {
        json.writeNumber(keypoint.x());
        json.writeNumber(keypoint.y());
        json.writeNumber(keypoint.labelled() ? 2 : 0);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private Instances parse() {
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file.toString(),
          "there is no such file.",
          "A dataset is a folder with instances.json and images/.");
    }
    try {
      Instances all = READER.readValue(file.toFile());
      if (all == null) {
        throw problem("", "expected an object with images, categories and annotations.");
      }
      return all;
    } catch (JacksonException e) {
      TokenStreamLocation at = e.getLocation();
      throw new ConfigException(
          file + (at == null ? "" : ":" + at.getLineNr() + ":" + at.getColumnNr()),
          "no COCO instances file: " + e.getOriginalMessage() + ".",
          null);
    }
  }

  private <T> List<T> entries(String name, @Nullable List<@Nullable T> list) {
    if (list == null) {
      throw problem(name, "is missing; COCO's instances have images, categories, annotations.");
    }
    List<T> entries = new ArrayList<>();
    for (T entry : list) {
      if (entry == null) {
        throw problem(name + "[" + entries.size() + "]", "expected an object, found null.");
      }
      entries.add(entry);
    }
    return entries;
  }

  private TrueBox box(
      String where, Annotation entry, Map<Long, Image> images, Set<Long> categories) {
    Image image = entry.image() == null ? null : images.get(entry.image());
    if (entry.image() == null || image == null) {
      throw problem(where + ".image_id", entry.image() + " is none of images[].id.");
    }
    if (entry.category() == null || !categories.contains(entry.category())) {
      throw problem(where + ".category_id", entry.category() + " is none of categories[].id.");
    }
    double[] b = numbers(where + ".bbox", entry.bbox());
    if (entry.segmentation() instanceof Outline.Runs outline
        && image.width() != 0
        && (outline.runs().height() != image.height() || outline.runs().width() != image.width())) {
      throw problem(
          where + ".segmentation.size",
          "expected the image's ["
              + image.height()
              + ", "
              + image.width()
              + "], found a "
              + outline.runs()
              + ".");
    }
    double area = entry.area() == null ? b[2] * b[3] : entry.area();
    return new TrueBox(
        entry.image(),
        entry.category(),
        b[0],
        b[1],
        b[0] + b[2],
        b[1] + b[3],
        area,
        entry.iscrowd() != 0,
        entry.segmentation(),
        keypoints(where + ".keypoints", entry.keypoints()));
  }

  private List<TrueKeypoint> keypoints(String where, @Nullable List<@Nullable Double> numbers) {
    List<TrueKeypoint> keypoints = new ArrayList<>();
    int count = numbers == null ? 0 : numbers.size();
    for (int i = 0; numbers != null && i < count; i += 3) {
      Double x = numbers.get(i);
      Double y = i + 1 < count ? numbers.get(i + 1) : null;
      Double visible = i + 2 < count ? numbers.get(i + 2) : null;
      if (x == null || y == null || visible == null || !Double.isFinite(x + y)) {
        throw problem(where, "expected x, y, visibility of each, found " + count + " numbers.");
      }
      keypoints.add(new TrueKeypoint(x, y, visible > 0));
    }
    return keypoints;
  }

  private double[] numbers(String where, @Nullable List<@Nullable Double> box) {
    double[] values = new double[4];
    boolean good = box != null && box.size() == 4;
    for (int i = 0; good && i < 4; i++) {
      Double value = box == null ? null : box.get(i);
      good = value != null && Double.isFinite(value) && (i < 2 || value >= 0);
      values[i] = value == null ? 0 : value;
    }
    if (!good) {
      throw problem(
          where, "expected [x, y, width, height], the sizes not negative, found " + box + ".");
    }
    return values;
  }

  private long unique(String where, @Nullable Long id, Set<Long> seen) {
    if (id == null) {
      throw problem(where + ".id", "is missing.");
    }
    if (!seen.add(id)) {
      throw problem(where + ".id", "expected an id of its own, found " + id + " again.");
    }
    return id;
  }

  private String inside(String where, @Nullable String name) {
    try {
      if (name != null && !name.isBlank()) {
        Path path = Path.of(name).normalize();
        if (!path.isAbsolute() && !path.startsWith("..")) {
          return name;
        }
      }
    } catch (InvalidPathException e) {
      throw problem(where + ".file_name", "'" + name + "' is no path.");
    }
    throw problem(
        where + ".file_name", "expected a file inside the folder of images, found " + name + ".");
  }

  private ConfigException problem(String where, String what) {
    return new ConfigException(file + (where.isEmpty() ? "" : ": " + where), what, null);
  }
}
