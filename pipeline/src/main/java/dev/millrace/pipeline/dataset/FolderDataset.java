package dev.millrace.pipeline.dataset;

import dev.millrace.components.ConfigException;
import dev.millrace.components.image.ExifOrientation;
import dev.millrace.components.image.Frame;
import dev.millrace.components.image.ImageDecoder;
import dev.millrace.components.image.ImageLimits;
import dev.millrace.components.image.ImageRejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Picture files in a folder, with annotations that were read before. A JPEG is turned as its EXIF
 * says before anything else: as in Detectron2 its size, and where objects are, are meant like that.
 */
final class FolderDataset implements Dataset {

  private final String name;
  private final CocoDataset annotations;
  private final Path pictures;
  private final Map<Long, List<TrueBox>> boxes;

  /**
   * @param pictures that the images' file names are relative to
   */
  FolderDataset(String name, CocoDataset annotations, Path pictures) {
    this.name = name;
    this.annotations = annotations;
    this.pictures = pictures;
    this.boxes = annotations.boxes().stream().collect(Collectors.groupingBy(TrueBox::imageId));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<Category> categories() {
    return annotations.categories();
  }

  @Override
  public List<Image> images() {
    return annotations.images();
  }

  @Override
  public LabelledFrame load(int index) {
    Image image = annotations.images().get(index);
    Frame frame = decode(image);
    List<TrueBox> inside = boxes(index);
    inside.forEach(box -> checkOutline(box, frame, pictures.resolve(image.fileName())));
    return new LabelledFrame(frame, inside);
  }

  /** Only now, as a list of images need not say how large they are. */
  private static void checkOutline(TrueBox box, Frame frame, Path file) {
    if (box.outline() instanceof Outline.Runs outline
        && (outline.runs().height() != frame.height() || outline.runs().width() != frame.width())) {
      throw new ConfigException(
          file.toString(),
          "an object's segmentation is one of "
              + outline.runs().width()
              + " x "
              + outline.runs().height()
              + ", the picture is "
              + frame.width()
              + " x "
              + frame.height()
              + ".",
          "Images and annotations must belong together.");
    }
  }

  @Override
  public List<TrueBox> boxes(int index) {
    return boxes.getOrDefault(annotations.images().get(index).id(), List.of());
  }

  private Frame decode(Image image) {
    Path file = pictures.resolve(image.fileName());
    if (!Files.isRegularFile(file)) {
      throw new ConfigException(
          file.toString(),
          "the dataset lists this image, but there is no such file.",
          "Check the folder of images.");
    }
    try (ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT)) {
      long bytes = Files.size(file);
      if (bytes > ImageLimits.DEFAULT.maxBytes()) {
        throw new ConfigException(
            file.toString(),
            "it has " + bytes + " bytes, allowed are " + ImageLimits.DEFAULT.maxBytes() + ".",
            "Replace the file.");
      }
      byte[] content = Files.readAllBytes(file);
      Frame stored = decoder.decode(content);
      Frame frame = ExifOrientation.upright(content, stored);
      if (image.width() != 0
          && (frame.width() != image.width() || frame.height() != image.height())) {
        throw new ConfigException(
            file.toString(),
            "the dataset says "
                + image.width()
                + " x "
                + image.height()
                + ", the picture is "
                + frame.width()
                + " x "
                + frame.height()
                + (frame == stored ? "." : ", turned as its EXIF says."),
            "Images and annotations must belong together.");
      }
      return frame;
    } catch (ImageRejectedException e) {
      throw new ConfigException(
          file.toString(), String.valueOf(e.getMessage()), "Replace the file.");
    } catch (IOException e) {
      throw new ConfigException(
          file.toString(),
          "this file cannot be read: " + e.getClass().getSimpleName() + ".",
          "Check that this user may read it.");
    }
  }
}
