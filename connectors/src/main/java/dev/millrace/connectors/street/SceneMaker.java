package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.List;

/** Decides what a seed stands for, and paints what stands still. */
final class SceneMaker {
  private final StreetOptions options;
  private final Dice dice;
  private final Canvas canvas;

  private SceneMaker(StreetOptions options, Dice dice, Canvas canvas) {
    this.options = options;
    this.canvas = canvas;
    this.dice = dice;
  }

  /** Memory that scenes with such options are painted in. */
  static Canvases canvases(StreetOptions options) {
    int margin = margin(options);
    return new Canvases(options.width() + 2 * margin, options.height() + 2 * margin);
  }

  private static int margin(StreetOptions options) {
    return Math.max(2, options.height() / 90);
  }

  static Scene make(StreetOptions options, Dice dice, Canvas canvas) {
    return new SceneMaker(options, dice, canvas).make();
  }

  private Scene make() {
    // Drawn whether needed or not, so that an option changes nothing but what it names.
    int view = dice.below(Viewpoint.values().length);
    int sky = dice.weighted(0.46, 0.22, 0.22, 0.10);
    int hour = dice.weighted(0.55, 0.2, 0.25);
    Viewpoint viewpoint = options.viewpoint().orElse(Viewpoint.values()[view]);
    Weather weather = options.weather().orElse(Weather.values()[sky]);
    Daylight daylight = options.daylight().orElse(Daylight.values()[hour]);
    Light light = Light.of(weather, daylight, new Dice(dice.bits()));
    Street whole = Street.of(viewpoint, new Dice(dice.bits()));
    Dice look = new Dice(dice.bits());
    int margin = margin(options);
    Lens lens = lens(viewpoint, whole, look, margin);
    Street street = cleared(whole, lens.eye());
    Traffic traffic = Traffic.of(street, viewpoint, options.density(), new Dice(dice.bits()));
    GroundLight shadows = new GroundLight(street, light);
    Ground ground = new Ground(street, light, shadows, lens.eye(), new Dice(dice.bits()));
    BackdropPainter painter = new BackdropPainter(canvas, lens, light, shadows, ground);
    StreetPainter.paint(street, painter);
    Backdrop backdrop = painter.paint();
    shine(street, light, lens, backdrop, canvas);
    return new Scene(
        options.width(),
        options.height(),
        margin,
        viewpoint,
        weather,
        daylight,
        lens,
        street,
        light,
        shadows,
        traffic,
        backdrop);
  }

  private Lens lens(Viewpoint viewpoint, Street street, Dice dice, int margin) {
    double side = dice.chance(0.5) ? 1 : -1;
    double kerb = street.half();
    double tilt = dice.between(-1, 1);
    Vec eye;
    double heading;
    double pitch;
    double view;
    switch (viewpoint) {
      case ROADSIDE -> {
        eye = new Vec(side * dice.between(0.2, 1) * (kerb + 0.8), 0, dice.between(4.6, 7));
        heading = Math.PI / 2 + side * (0.12 + 0.10 * tilt);
        pitch = -dice.between(0.17, 0.27);
        view = dice.between(0.85, 1.1);
      }
      case CROSSING -> {
        eye =
            new Vec(
                side * (kerb + dice.between(1, 3.4)),
                -(street.crossing() + dice.between(2.5, 6)),
                dice.between(5.5, 8.5));
        Vec target = new Vec(-side * dice.between(0, 4), dice.between(2, 7), 0);
        Vec way = target.minus(eye);
        heading = StrictMath.atan2(way.y(), way.x());
        pitch = StrictMath.atan2(way.z(), Math.sqrt(way.x() * way.x() + way.y() * way.y())) + 0.07;
        view = dice.between(1.15, 1.4);
      }
      case DASHBOARD -> {
        eye = new Vec(side * (kerb + dice.between(-0.4, 0.5)), 0, dice.between(1.3, 1.9));
        heading = Math.PI / 2 + side * dice.between(0.02, 0.16);
        pitch = dice.between(-0.04, 0.01);
        view = dice.between(0.9, 1.15);
      }
      case DIAGONAL -> {
        eye =
            new Vec(
                -(kerb + street.pavement() * dice.between(0.4, 0.95)), 0, dice.between(2.8, 4.4));
        heading = dice.between(0.65, 1.12);
        pitch = -dice.between(0.09, 0.17);
        view = dice.between(0.95, 1.2);
      }
      case ACROSS -> {
        eye = new Vec(-(kerb + street.pavement() + dice.between(1, 5)), 0, dice.between(2.2, 4));
        heading = 0.18 * tilt;
        pitch = -dice.between(0.07, 0.14);
        view = dice.between(1.05, 1.3);
      }
      default -> throw new IllegalStateException(viewpoint.name());
    }
    return Lens.of(eye, heading, pitch, view, options.width(), options.height(), margin);
  }

  /** Without what would stand close before the lens. */
  private static Street cleared(Street street, Vec eye) {
    List<Street.Tree> trees = new ArrayList<>(street.trees());
    trees.removeIf(tree -> near(tree.x(), tree.y(), eye, 15));
    List<Street.Post> posts = new ArrayList<>(street.posts());
    posts.removeIf(post -> near(post.x(), post.y(), eye, 6));
    return street.with(street.houses(), trees, posts, street.lawns());
  }

  private static boolean near(double x, double y, Vec eye, double metres) {
    return (x - eye.x()) * (x - eye.x()) + (y - eye.y()) * (y - eye.y()) < metres * metres;
  }

  /** Street lamps that are on glow. */
  private static void shine(
      Street street, Light light, Lens lens, Backdrop backdrop, Canvas canvas) {
    if (light.lamps() == 0) {
      return;
    }
    for (Street.Post post : street.posts()) {
      Vec seen = lens.seen(new Vec(post.x() + post.reach(), post.y(), post.height() + 0.05));
      if (post.kind() != Street.Post.Kind.LAMP || seen.z() < 2) {
        continue;
      }
      double u = lens.u(seen);
      double v = lens.v(seen);
      int column = (int) Math.floor(Canvas.SCALE * u);
      int row = (int) Math.floor(Canvas.SCALE * v);
      boolean inside = column >= 0 && row >= 0 && column < canvas.columns && row < canvas.rows;
      if (inside && backdrop.depth()[row * canvas.columns + column] <= 1.03 / seen.z()) {
        double power = light.lamps() * light.clear(seen.z());
        double halo = lens.focal() * (0.9 + 40 * light.haze()) / seen.z() + 2;
        glow(backdrop.pixels(), canvas.width, u, v, halo, 0.55 * power);
        glow(backdrop.pixels(), canvas.width, u, v, lens.focal() * 0.3 / seen.z() + 1, power);
      }
    }
  }

  private static void glow(
      int[] pixels, int width, double u, double v, double radius, double power) {
    Glow.round(
        pixels, width, u, v, radius, (int) (255 * power), (int) (205 * power), (int) (135 * power));
  }
}
