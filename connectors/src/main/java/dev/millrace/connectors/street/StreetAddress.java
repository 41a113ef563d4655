package dev.millrace.connectors.street;

import dev.millrace.connectors.ConnectorException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A street as the address of a video: {@code street://?seed=7&fps=25&view=crossing&light=night}.
 * All keys may be left out.
 *
 * @param seed number of the street; what is left open below it decides
 * @param framesPerSecond of the scene's time
 * @param seconds after which the video ends; 0: never
 */
public record StreetAddress(
    long seed, StreetOptions options, double framesPerSecond, double seconds) {
  private static final String SCHEME = "street://";
  private static final List<String> KEYS =
      List.of(
          "seed", "width", "height", "fps", "seconds", "view", "weather", "light", "density",
          "noise");

  /** Whether a text is meant as a street's address. */
  public static boolean matches(String text) {
    return text.startsWith(SCHEME);
  }

  /**
   * @throws ConnectorException where a key or a value is none
   */
  public static StreetAddress parse(String text) {
    return new Reading(text, pairs(text)).address();
  }

  /** The scene; laid out anew at each call. */
  public StreetScene scene() {
    return new StreetScene(StreetSplit.LIVE.seed(seed), options);
  }

  /** How many frames there are; 0: no end. */
  public long frames() {
    return seconds > 0 ? Math.max(1, Math.round(seconds * framesPerSecond)) : 0;
  }

  /** The address of another street, all else being equal. */
  public StreetAddress withSeed(long number) {
    return new StreetAddress(number, options, framesPerSecond, seconds);
  }

  /** As it can be parsed again. */
  @Override
  public String toString() {
    Map<String, String> pairs = new LinkedHashMap<>();
    pairs.put("seed", Long.toString(seed));
    pairs.put("width", Integer.toString(options.width()));
    pairs.put("height", Integer.toString(options.height()));
    pairs.put("fps", Double.toString(framesPerSecond));
    if (seconds > 0) {
      pairs.put("seconds", Double.toString(seconds));
    }
    options.viewpoint().ifPresent(view -> pairs.put("view", lower(view)));
    options.weather().ifPresent(weather -> pairs.put("weather", lower(weather)));
    options.daylight().ifPresent(light -> pairs.put("light", lower(light)));
    pairs.put("density", Double.toString(options.density()));
    pairs.put("noise", Double.toString(options.noise()));
    return pairs.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining("&", SCHEME + "?", ""));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, String> pairs(String text) {
    Map<String, String> pairs = new LinkedHashMap<>();
    String rest = text.substring(SCHEME.length());
    if (rest.isEmpty() || rest.equals("?")) {
      return pairs;
    }
    if (!rest.startsWith("?")) {
      throw new ConnectorException(
          text, "expected a question mark and keys after street://.", "Write street://?seed=7.");
    }
    for (String pair : rest.substring(1).split("&", -1)) {
      int equals = pair.indexOf('=');
      String key = equals < 0 ? pair : pair.substring(0, equals);
      if (equals < 0 || !KEYS.contains(key)) {
        throw new ConnectorException(
            text,
            "'" + pair + "' is no key of a street with its value.",
            "Known are " + String.join(", ", KEYS) + ".");
      }
      if (pairs.put(key, pair.substring(equals + 1)) != null) {
        throw new ConnectorException(text, "'" + key + "' is there twice.", "Leave one out.");
      }
    }
    return pairs;
  }

  /** The pairs of one address, being turned into values. */
  private record Reading(String text, Map<String, String> pairs) {

    StreetAddress address() {
      StreetOptions standard = StreetOptions.DEFAULT;
      long width = whole("width", standard.width());
      size("width", width);
      // As wide as a television's, where it is not said.
      long height = whole("height", Math.max(StreetOptions.SMALLEST, (width * 9 + 8) / 16));
      size("height", height);
      return new StreetAddress(
          whole("seed", 0),
          new StreetOptions(
              (int) width,
              (int) height,
              choice("view", Viewpoint.values()),
              choice("weather", Weather.values()),
              choice("light", Daylight.values()),
              number("density", 1, 0, 3),
              number("noise", 1, 0, 4)),
          number("fps", 25, 0.01, 1000),
          number("seconds", 0, 0, 1e6));
    }

    private long whole(String key, long standard) {
      String value = pairs.get(key);
      try {
        return value == null ? standard : Long.parseLong(value);
      } catch (NumberFormatException e) {
        throw wrong(key, "a whole number", value);
      }
    }

    private void size(String key, long pixels) {
      if (pixels < StreetOptions.SMALLEST || pixels > StreetOptions.LARGEST) {
        String range = StreetOptions.SMALLEST + " to " + StreetOptions.LARGEST;
        throw wrong(key, range + " pixels", Long.toString(pixels));
      }
    }

    private double number(String key, double standard, double least, double most) {
      String value = pairs.get(key);
      if (value == null) {
        return standard;
      }
      try {
        double number = Double.parseDouble(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        throw wrong(key, "a number", value);
      }
      throw wrong(key, "a number from " + least + " to " + most, value);
    }

    private <E extends Enum<E>> Optional<E> choice(String key, E[] values) {
      String value = pairs.get(key);
      if (value == null || value.equals("any")) {
        return Optional.empty();
      }
      return Optional.of(
          Arrays.stream(values)
              .filter(each -> lower(each).equals(value))
              .findFirst()
              .orElseThrow(
                  () ->
                      wrong(
                          key,
                          "any, "
                              + Arrays.stream(values)
                                  .map(StreetAddress::lower)
                                  .collect(Collectors.joining(", ")),
                          value)));
    }

    private ConnectorException wrong(String key, String expected, @Nullable String found) {
      return new ConnectorException(
          text,
          key + ": expected " + expected + ", found '" + found + "'.",
          "Correct the address.");
    }
  }
}
