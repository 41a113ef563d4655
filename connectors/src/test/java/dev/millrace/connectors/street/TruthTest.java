package dev.millrace.connectors.street;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Two cars before one camera, placed by hand. */
class TruthTest {
  private static final StreetOptions OPTIONS =
      StreetOptions.DEFAULT.withSize(320, 180).withViewpoint(Viewpoint.ACROSS).withDensity(0);

  /** Something that stands across the lens's axis. */
  private record Parked(StreetClass kind, int track, double ahead, double aside, double presence)
      implements Mover {
    @Override
    public int places() {
      return 1;
    }

    @Override
    public void at(double seconds, Tracks tracks, Consumer<Actor> found) {
      found.accept(new Actor(kind, 77, track, ahead, aside, 0, 0, 1, 0, 0, presence, false));
    }
  }

  private static Parked car(int track, double ahead, double aside, double presence) {
    return new Parked(StreetClass.CAR, track, ahead, aside, presence);
  }

  private static GroundTruth truth(Mover... movers) {
    Scene empty = SceneMaker.make(OPTIONS, new Dice(1), SceneMaker.canvases(OPTIONS).take());
    int margin = empty.margin();
    Canvas canvas = new Canvas(320 + 2 * margin, 180 + 2 * margin);
    Lens lens = Lens.of(new Vec(0, 0, 1.2), 0, 0, 1, 320, 180, margin);
    Backdrop nothing =
        new Backdrop(
            new int[canvas.pixels.length],
            new float[canvas.depth.length],
            new byte[canvas.pixels.length],
            new byte[canvas.pixels.length]);
    Scene scene =
        new Scene(
            320,
            180,
            margin,
            Viewpoint.ACROSS,
            Weather.CLEAR,
            Daylight.DAY,
            lens,
            empty.street(),
            empty.light(),
            empty.ground(),
            new Traffic(List.of(movers)),
            nothing);
    Crop frame = new Crop(margin, margin, 320, 180, null);
    return Truth.of(new FramePainter(scene, canvas).paint(0, 0, frame), frame);
  }

  @Test
  void whatStandsAloneIsAllVisible() {
    TrueObject car = truth(car(1, 14, 0, 1)).objects().get(0);
    assertThat(car.visible()).isEqualTo(1);
    assertThat(car.label()).isEqualTo("car");
    assertThat((car.x1() + car.x2()) / 2).isCloseTo(160, within(6f));
  }

  @Test
  void theNearerOneHidesTheOther() {
    TrueObject alone = truth(car(1, 20, 0, 1)).objects().get(0);
    Parked bus = new Parked(StreetClass.BUS, 2, 17, Fleet.halfLength(StreetClass.BUS, 77), 1);
    GroundTruth both = truth(car(1, 20, 0, 1), bus);
    assertThat(both.objects()).extracting(TrueObject::trackId).containsExactly(1, 2);
    TrueObject behind = both.objects().get(0);
    assertThat(both.objects().get(1)).isEqualTo(truth(bus).objects().get(0));
    assertThat(behind.visible()).isCloseTo(behind.area() / alone.area(), within(0.03f));
    assertThat(behind.visible()).isBetween(0.4f, 0.7f);
    assertThat(behind.x2()).isEqualTo(alone.x2());
  }

  @Test
  void whatIsMostlyHiddenIsIgnored() {
    GroundTruth both = truth(car(1, 20, 0, 1), car(2, 12, 0.3, 1));
    assertThat(both.objects()).extracting(TrueObject::trackId).containsExactly(2);
    assertThat(both.ignored())
        .allSatisfy(
            o -> {
              assertThat(o.trackId()).isEqualTo(1);
              assertThat(o.visible()).isLessThan(0.35f);
            });
  }

  @Test
  void whatLeavesThePictureIsVisibleByItsShareInside() {
    TrueObject half = truth(car(1, 14, 14 * Math.tan(0.5), 1)).objects().get(0);
    assertThat(half.x1()).isEqualTo(0);
    assertThat(half.visible()).isBetween(0.4f, 0.6f);
    GroundTruth gone = truth(car(1, 14, 14 * Math.tan(0.5) + 1.6, 1));
    assertThat(gone.objects()).isEmpty();
    assertThat(gone.ignored()).hasSize(1);
    assertThat(gone.ignored().get(0).visible()).isBetween(0.05f, 0.3f);
  }

  @Test
  void whatIsTooSmallIsIgnored() {
    GroundTruth far = truth(car(1, 120, 0, 1));
    assertThat(far.objects()).isEmpty();
    assertThat(far.ignored()).hasSize(1);
    assertThat(truth(car(1, 400, 0, 1)).ignored()).isEmpty();
  }

  @Test
  void whatHasHardlyComeIsIgnored() {
    assertThat(truth(car(1, 14, 0, 0.2)).objects()).isEmpty();
    assertThat(truth(car(1, 14, 0, 0)).ignored()).isEmpty();
    assertThat(truth(car(1, 14, 0, 0.75)).objects()).hasSize(1);
  }

  @Test
  void whoIsBehindTheCameraIsNotThere() {
    GroundTruth none = truth(car(1, -14, 0, 1), car(2, 0, 0, 1));
    assertThat(none.objects()).isEmpty();
  }
}
