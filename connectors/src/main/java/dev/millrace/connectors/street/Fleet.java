package dev.millrace.connectors.street;

import java.util.List;
import java.util.function.Function;

/** Which shape and which colours a look stands for. */
final class Fleet {
  private static final List<Shape> CARS = shapes(CarModel.ALL, CarModel::mesh);
  private static final List<Shape> BUSES = shapes(BusModel.ALL, BusModel::mesh);
  private static final List<Shape> TRUCKS = shapes(TruckModel.ALL, TruckModel::mesh);

  private static final List<Integer> CAR_PAINTS =
      List.of(
          0xe9eaec, 0xb9bdc2, 0x8a8f96, 0x4a4e55, 0x1d1f24, 0x20304f, 0x2d5a9b, 0x8e1b1f, 0xc23028,
          0x27503a, 0x8c8467, 0xd9d2bd, 0xc9a227, 0xd0672a, 0x3f6f75, 0x5b2b3a);
  private static final List<Integer> BUS_PAINTS =
      List.of(0xc9241f, 0x1f5fae, 0x2c8a4b, 0xe3b21c, 0xe7e7e3, 0xd8641c, 0x18758f, 0x7a2f6e);
  private static final List<Integer> STRIPES =
      List.of(0xf2f2ee, 0x23324f, 0xe2b93b, 0x9b1f24, 0x2f3436, 0x3a8f5a, 0x2f74c0);
  private static final List<Integer> CABS =
      List.of(0xd7d9da, 0xb7241f, 0x21508f, 0x2e6b3f, 0xe08a1e, 0x3a3f47, 0xd9c12e, 0x5f8fb0);
  private static final List<Integer> CARGO =
      List.of(0xe6e7e6, 0xc9ccd0, 0x9aa3ab, 0xd8cfb8, 0x7f8d78, 0x46679a, 0xb98f5a);
  private static final List<Integer> SKINS =
      List.of(0xf0c9a8, 0xe0ac86, 0xc68a5e, 0x9a6240, 0x6b4127, 0x4a2c1b);
  private static final List<Integer> HAIRS =
      List.of(0x17120f, 0x2d1f15, 0x4b3220, 0x6e4a2a, 0xa67c45, 0x8d8b88, 0x7a2e1c);
  private static final List<Integer> TOPS =
      List.of(
          0xb3262a, 0x224c8f, 0x2f7a4a, 0xe3c04a, 0xdfe2e4, 0x2a2d33, 0x7b3f86, 0xd9742b, 0x5c88a8,
          0x8a8f77, 0xc56a8a, 0x3f3a30, 0x1f8a94, 0x94643d);
  private static final List<Integer> BOTTOMS =
      List.of(0x24324a, 0x1b1c20, 0x46505c, 0x6b6453, 0x8c8570, 0x33475f, 0x4a3328);
  private static final List<Integer> HELMETS =
      List.of(0xe8e8e8, 0xd12f2a, 0x1d1d1f, 0xf0c21f, 0x2c7fc4, 0x46b04a);

  /**
   * @param extent half its length and width, and its height
   */
  record Shape(Mesh mesh, Vec extent) {}

  private Fleet() {}

  private static <T> List<Shape> shapes(List<T> models, Function<T, Mesh> build) {
    return models.stream().map(build).map(mesh -> new Shape(mesh, mesh.extent())).toList();
  }

  /** What a vehicle with an engine is. */
  static StreetClass engine(Dice dice) {
    return switch (dice.weighted(0.50, 0.24, 0.26)) {
      case 0 -> StreetClass.CAR;
      case 1 -> StreetClass.BUS;
      default -> StreetClass.TRUCK;
    };
  }

  static double halfLength(StreetClass kind, long look) {
    return switch (kind) {
      case PERSON -> 0.35;
      case BICYCLE -> 0.9;
      case CAR, BUS, TRUCK -> vehicle(kind, look).extent().x();
    };
  }

  /** The shape of what does not change its shape. */
  static Shape vehicle(StreetClass kind, long look) {
    List<Shape> shapes =
        switch (kind) {
          case CAR -> CARS;
          case BUS -> BUSES;
          case TRUCK -> TRUCKS;
          case PERSON, BICYCLE -> throw new IllegalArgumentException(kind + " moves its limbs");
        };
    return new Dice(look, 1).pick(shapes);
  }

  /**
   * @param lit whether headlights are on
   */
  static Palette palette(Actor actor, boolean lit) {
    Dice dice = new Dice(actor.look(), 2);
    Palette palette =
        switch (actor.kind()) {
          case CAR -> {
            int paint = dice.pick(CAR_PAINTS);
            yield new Palette().with(Material.PAINT, paint);
          }
          case BUS -> {
            int paint = dice.pick(BUS_PAINTS);
            yield new Palette()
                .with(Material.PAINT, paint)
                .with(Material.SECOND_PAINT, other(dice, STRIPES, paint))
                .shining(Material.SIGN, 0xffa21a, lit ? 0.9 : 0.45);
          }
          case TRUCK -> {
            int cab = dice.pick(CABS);
            yield new Palette()
                .with(Material.PAINT, cab)
                .with(Material.CARGO, dice.pick(CARGO))
                .with(Material.SECOND_PAINT, dice.chance(0.5) ? cab : dice.pick(CABS));
          }
          case PERSON, BICYCLE -> clothes(actor.kind(), dice);
        };
    if (actor.kind() != StreetClass.PERSON) {
      if (lit && actor.vigour() > 0) {
        palette
            .shining(Material.HEADLIGHT, 0xfff4dc, 2.6)
            .shining(Material.TAILLIGHT, 0xff1a10, 0.5);
      }
      if (actor.braking()) {
        palette.shining(Material.TAILLIGHT, 0xff2a1a, 1.5);
      }
    }
    return palette;
  }

  private static Palette clothes(StreetClass kind, Dice dice) {
    int top = dice.pick(TOPS);
    boolean helmet = kind == StreetClass.BICYCLE && dice.chance(0.55);
    return new Palette()
        .with(Material.PAINT, dice.pick(CAR_PAINTS))
        .with(Material.SKIN, dice.pick(SKINS))
        .with(Material.HAIR, helmet ? dice.pick(HELMETS) : dice.pick(HAIRS))
        .with(Material.TOP, top)
        .with(Material.BOTTOM, other(dice, BOTTOMS, top))
        .with(Material.SHOES, dice.chance(0.7) ? 0x1a1716 : 0xd8d8d4)
        .with(Material.BAG, dice.pick(TOPS));
  }

  private static int other(Dice dice, List<Integer> from, int than) {
    int first = dice.pick(from);
    return first == than ? dice.pick(from) : first;
  }
}
