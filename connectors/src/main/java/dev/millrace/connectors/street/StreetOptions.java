package dev.millrace.connectors.street;

import java.util.Optional;

/**
 * What a street is like. What is left open the seed decides.
 *
 * @param width columns, 32 to 4096
 * @param height rows, 32 to 4096
 * @param viewpoint where the camera is
 * @param weather what the sky does
 * @param daylight time of day
 * @param density of traffic and people: 1 is usual, 0 is nobody, 3 the most
 * @param noise of the sensor: 1 is usual, 0 is none, 4 the most
 */
public record StreetOptions(
    int width,
    int height,
    Optional<Viewpoint> viewpoint,
    Optional<Weather> weather,
    Optional<Daylight> daylight,
    double density,
    double noise) {

  static final int SMALLEST = 32;
  static final int LARGEST = 4096;

  /** 640 x 360, all else open. */
  public static final StreetOptions DEFAULT =
      new StreetOptions(640, 360, Optional.empty(), Optional.empty(), Optional.empty(), 1, 1);

  public StreetOptions {
    check("width", width, SMALLEST, LARGEST);
    check("height", height, SMALLEST, LARGEST);
    check("density", density, 0, 3);
    check("noise", noise, 0, 4);
  }

  public StreetOptions withSize(int columns, int rows) {
    return new StreetOptions(columns, rows, viewpoint, weather, daylight, density, noise);
  }

  public StreetOptions withViewpoint(Viewpoint only) {
    return new StreetOptions(width, height, Optional.of(only), weather, daylight, density, noise);
  }

  public StreetOptions withWeather(Weather only) {
    return new StreetOptions(width, height, viewpoint, Optional.of(only), daylight, density, noise);
  }

  public StreetOptions withDaylight(Daylight only) {
    return new StreetOptions(width, height, viewpoint, weather, Optional.of(only), density, noise);
  }

  public StreetOptions withDensity(double traffic) {
    return new StreetOptions(width, height, viewpoint, weather, daylight, traffic, noise);
  }

  public StreetOptions withNoise(double amount) {
    return new StreetOptions(width, height, viewpoint, weather, daylight, density, amount);
  }

  private static void check(String name, double value, double least, double most) {
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name + ": expected " + least + " to " + most + ", found " + value);
    }
  }
}
