package dev.millrace.connectors;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What was found in one frame; one for every frame, also when nothing was. Its JSON form is
 * described by {@code detection-event.schema.json} beside this class.
 *
 * @param segments the parts of the whole frame, by a panoptic model; else none
 */
public record DetectionEvent(
    String camera,
    Source frame,
    Revision revision,
    List<DetectedObject> detections,
    List<Segment> segments,
    Timings timings,
    int batchSize) {

  @SuppressWarnings("ConstantValue") // Jackson leaves null what a document lacks
  public DetectionEvent {
    segments = segments == null ? List.of() : List.copyOf(segments);
  }

  /** Of a model that finds objects alone. */
  public DetectionEvent(
      String camera,
      Source frame,
      Revision revision,
      List<DetectedObject> detections,
      Timings timings,
      int batchSize) {
    this(camera, frame, revision, detections, List.of(), timings, batchSize);
  }

  /** The frame: where it lies, when it was taken, its size in pixels. */
  public record Source(
      String topic, int partition, long offset, Instant capturedAt, int width, int height) {
    public FramePosition position() {
      return new FramePosition(topic, partition, offset);
    }
  }

  /**
   * Which model made the event: a number that grows with every swap, and hashes {@code sha256:...}.
   */
  public record Revision(long id, String config, String weights) {}

  /**
   * One object.
   *
   * @param box x1, y1, x2, y2 in source pixels
   * @param mask its pixels; null where the model makes no masks
   * @param keypoints none where the model makes none
   * @param attributes what a plugin's own heads say of it, in alphabetical order
   */
  public record DetectedObject(
      List<Float> box,
      String label,
      int classId,
      float score,
      @Nullable Integer trackId,
      @Nullable Mask mask,
      List<Keypoint> keypoints,
      Map<String, List<Float>> attributes) {

    @SuppressWarnings("ConstantValue") // Jackson leaves null what a document lacks
    public DetectedObject {
      keypoints = keypoints == null ? List.of() : List.copyOf(keypoints);
      attributes = attributes == null || attributes.isEmpty() ? Map.of() : sorted(attributes);
    }

    /** A box alone. */
    public DetectedObject(
        List<Float> box, String label, int classId, float score, @Nullable Integer trackId) {
      this(box, label, classId, score, trackId, null, List.of(), Map.of());
    }

    private static Map<String, List<Float>> sorted(Map<String, List<Float>> attributes) {
      SortedMap<String, List<Float>> sorted = new TreeMap<>();
      attributes.forEach((name, numbers) -> sorted.put(name, List.copyOf(numbers)));
      return Collections.unmodifiableMap(sorted);
    }
  }

  /**
   * Pixels in COCO's compressed run-length encoding.
   *
   * @param height of the frame
   * @param width of the frame
   * @param counts the runs, as pycocotools writes them; {@link
   *     dev.millrace.connectors.format.RunLengths} reads them
   */
  public record Mask(int height, int width, String counts) {

    @JsonCreator
    static Mask of(
        @JsonProperty("size") @Nullable List<@Nullable Integer> size,
        @JsonProperty("counts") @Nullable String counts) {
      Integer height = size == null || size.size() != 2 ? null : size.get(0);
      Integer width = size == null || size.size() != 2 ? null : size.get(1);
      if (height == null || width == null || counts == null) {
        throw new IllegalArgumentException("a mask has size, [height, width], and counts");
      }
      return new Mask(height, width, counts);
    }
  }

  /**
   * A named place of an object, in the order in which the model numbers them.
   *
   * @param x in source pixels
   * @param y in source pixels
   * @param score 0 to 1
   */
  public record Keypoint(float x, float y, float score) {

    @JsonCreator(mode = JsonCreator.Mode.DISABLED) // in JSON it is an array, never an object
    public Keypoint {}

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Keypoint of(List<@Nullable Float> numbers) {
      Float x = numbers.size() == 3 ? numbers.get(0) : null;
      Float y = numbers.size() == 3 ? numbers.get(1) : null;
      Float score = numbers.size() == 3 ? numbers.get(2) : null;
      if (x == null || y == null || score == null) {
        throw new IllegalArgumentException("a keypoint is [x, y, score]");
      }
      return new Keypoint(x, y, score);
    }
  }

  /**
   * A part of a frame in panoptic segmentation, where every pixel belongs to one part at most.
   *
   * @param id from 1
   * @param thing whether it is an object that can be counted; else stuff, such as sky
   * @param classId among the things' or the stuff's classes
   * @param score 0 to 1; 1 for stuff
   * @param area in source pixels
   */
  public record Segment(
      int id, boolean thing, int classId, String label, float score, int area, Mask mask) {}

  /**
   * Microseconds: waiting (from arrival to the start of inference, decode excluded), decoding,
   * inference of its batch.
   */
  public record Timings(long queueMicros, long decodeMicros, long inferMicros) {}
}
