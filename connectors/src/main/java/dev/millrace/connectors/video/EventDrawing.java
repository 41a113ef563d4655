package dev.millrace.connectors.video;

import dev.millrace.connectors.DetectionEvent;
import dev.millrace.connectors.DetectionEvent.DetectedObject;
import dev.millrace.connectors.DetectionEvent.Mask;
import dev.millrace.connectors.DetectionEvent.Segment;
import dev.millrace.connectors.format.RunLengths;
import java.awt.AlphaComposite;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Draws one event into one picture: from masks at the bottom to plates at the top. */
final class EventDrawing {

  private static final float VEIL = 0.42f;
  private static final float SEGMENT_VEIL = 0.55f;

  private final Graphics2D g;
  private final BufferedImage image;
  private final float unit;
  private final MaskBrush brush;
  private final Plates plates;

  /**
   * @param unit width of a thin line in pixels
   */
  EventDrawing(BufferedImage image, Graphics2D g, float unit) {
    this.g = g;
    this.image = image;
    this.unit = unit;
    this.plates = new Plates(g, unit, image.getWidth(), image.getHeight());
    this.brush =
        new MaskBrush(
            ((DataBufferByte) image.getRaster().getDataBuffer()).getData(),
            image.getWidth(),
            image.getHeight(),
            Math.max(2, Math.round(1.3f * unit)));
  }

  void draw(DetectionEvent event) {
    List<DetectedObject> surest =
        event.detections().stream().sorted(Comparator.comparingDouble(d -> -d.score())).toList();
    if (event.segments().isEmpty()) {
      boolean masks = masks(surest);
      List<Overlay.Box> boxes = surest.stream().map(EventDrawing::box).toList();
      Overlay.outlines(g, boxes, unit, masks ? 0 : Overlay.VEIL);
      keypoints(surest);
      Overlay.plates(boxes, plates);
    } else {
      segments(event.segments());
      keypoints(surest);
    }
    plates.draw();
  }

  /** Whether there were any. */
  private boolean masks(List<DetectedObject> surest) {
    record Painted(RunLengths mask, Color colour) {}
    List<Painted> accepted = new ArrayList<>();
    for (DetectedObject object : surest) {
      Mask mask = object.mask();
      if (mask != null) {
        RunLengths runs = runs(mask);
        if (brush.accepts(runs)) {
          accepted.add(new Painted(runs, Colours.of(object.classId())));
        }
      }
    }
    for (int i = accepted.size() - 1; i >= 0; i--) {
      brush.paint(accepted.get(i).mask(), accepted.get(i).colour(), VEIL);
    }
    return !accepted.isEmpty();
  }

  private void segments(List<Segment> segments) {
    List<Segment> shown = new ArrayList<>();
    List<RunLengths> masks = new ArrayList<>();
    segments.stream()
        .sorted(Comparator.comparing(Segment::thing).thenComparing(s -> -s.area()))
        .forEach(
            segment -> {
              RunLengths runs = runs(segment.mask());
              if (brush.accepts(runs)) {
                shown.add(segment);
                masks.add(runs);
              }
            });
    for (int i = 0; i < shown.size(); i++) {
      brush.paint(masks.get(i), colour(shown.get(i)), SEGMENT_VEIL);
    }
    List<Depths.Place> places = Depths.of(image.getWidth(), image.getHeight(), masks);
    for (int i = shown.size() - 1; i >= 0; i--) {
      Depths.Place place = places.get(i);
      if (place.depth() >= 4 * unit) {
        plates.at(place.x(), place.y(), text(shown.get(i)), colour(shown.get(i)));
      }
    }
  }

  private void keypoints(List<DetectedObject> surest) {
    g.setComposite(AlphaComposite.SrcOver);
    SkeletonPen pen = new SkeletonPen(g, image.getWidth(), image.getHeight());
    for (int i = surest.size() - 1; i >= 0; i--) {
      DetectedObject object = surest.get(i);
      List<Float> box = object.box();
      float side = Math.max(box.get(2) - box.get(0), box.get(3) - box.get(1));
      float thickness = Math.max(0.8f, Math.min(2.2f * unit, side / 50));
      pen.draw(object.keypoints(), Colours.of(object.classId()), thickness);
    }
  }

  private static Overlay.Box box(DetectedObject d) {
    List<Float> box = d.box();
    return Overlay.Box.of(
        box.get(0), box.get(1), box.get(2), box.get(3), d.label(), d.classId(), d.score());
  }

  private static RunLengths runs(Mask mask) {
    return RunLengths.decode(mask.height(), mask.width(), mask.counts());
  }

  private static Color colour(Segment segment) {
    return segment.thing() ? Colours.of(segment.classId()) : Colours.ofStuff(segment.classId());
  }

  private static String text(Segment segment) {
    return segment.thing()
        ? String.format(Locale.ROOT, "%s %.0f%%", segment.label(), 100 * segment.score())
        : segment.label();
  }
}
