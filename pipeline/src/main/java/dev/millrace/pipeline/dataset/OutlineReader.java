package dev.millrace.pipeline.dataset;

import dev.millrace.connectors.format.RunLengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * COCO's {@code segmentation}: polygons, or runs as numbers or as text. Polygons of less than three
 * corners have no pixels and are left out; null where nothing is left.
 */
final class OutlineReader extends ValueDeserializer<@Nullable Outline> {

  /** Farther out than any picture reaches. */
  private static final double FARTHEST = 100_000;

  @Override
  public @Nullable Outline deserialize(JsonParser json, DeserializationContext context) {
    return switch (json.currentToken()) {
      case START_ARRAY -> polygons(json, context);
      case START_OBJECT -> runs(json, context);
      default -> throw mistake(context, "found " + json.currentToken());
    };
  }

  private @Nullable Outline polygons(JsonParser json, DeserializationContext context) {
    List<double[]> polygons = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      double[] xy = numbers(json, context);
      if (xy.length % 2 != 0) {
        throw mistake(context, "a polygon has " + xy.length + " numbers");
      }
      if (Arrays.stream(xy).anyMatch(v -> !(Math.abs(v) <= FARTHEST))) {
        throw mistake(context, "a polygon has a corner farther out than " + (int) FARTHEST);
      }
      if (xy.length >= 6) {
        polygons.add(xy);
      }
    }
    return polygons.isEmpty() ? null : new Outline.Polygons(polygons);
  }

  private Outline runs(JsonParser json, DeserializationContext context) {
    double[] size = {};
    double[] counts = {};
    String text = null;
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      JsonToken value = json.nextToken();
      if (name.equals("size")) {
        size = numbers(json, context);
      } else if (name.equals("counts") && value == JsonToken.VALUE_STRING) {
        text = json.getString();
      } else if (name.equals("counts")) {
        counts = numbers(json, context);
      } else {
        json.skipChildren();
      }
    }
    if (size.length != 2) {
      throw mistake(context, "a mask has no size, [height, width]");
    }
    try {
      int height = (int) size[0];
      int width = (int) size[1];
      return new Outline.Runs(
          text != null
              ? RunLengths.decode(height, width, text)
              : RunLengths.of(
                  height, width, Arrays.stream(counts).mapToInt(c -> (int) c).toArray()));
    } catch (IllegalArgumentException e) {
      throw mistake(context, String.valueOf(e.getMessage()));
    }
  }

  private double[] numbers(JsonParser json, DeserializationContext context) {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      throw mistake(context, "found " + json.currentToken() + " where a list begins");
    }
    double[] numbers = new double[16];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (!json.currentToken().isNumeric()) {
        throw mistake(context, "found " + json.currentToken() + " among numbers");
      }
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = json.getDoubleValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private RuntimeException mistake(DeserializationContext context, String found) {
    return context.instantiationException(
        Outline.class, "a segmentation is [[x1, y1, ...], ...] or {size, counts}, " + found);
  }
}
