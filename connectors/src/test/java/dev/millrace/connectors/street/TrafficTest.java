package dev.millrace.connectors.street;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrafficTest {
  private static final int SEEDS = 12;

  private static Traffic traffic(Viewpoint viewpoint, int seed, double density) {
    Street street = Street.of(viewpoint, new Dice(seed, 1));
    return Traffic.of(street, viewpoint, density, new Dice(seed, 2));
  }

  private static List<Actor> vehicles(Traffic traffic, double seconds) {
    return traffic.at(seconds).stream()
        .filter(actor -> actor.kind() != StreetClass.PERSON)
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Viewpoint.class)
  void nobodyDrivesThroughAnybody(Viewpoint viewpoint) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Traffic traffic = traffic(viewpoint, seed, 3);
      for (double seconds = 0; seconds < 60; seconds += 0.35) {
        List<Actor> vehicles = vehicles(traffic, seconds);
        for (int i = 0; i < vehicles.size(); i++) {
          for (int j = 0; j < i; j++) {
            assertThat(overlap(vehicles.get(i), vehicles.get(j)))
                .as(
                    "%s, seed %d, %.2f s: %s and %s",
                    viewpoint, seed, seconds, vehicles.get(i), vehicles.get(j))
                .isFalse();
          }
        }
      }
    }
  }

  /** All head along an axis. */
  private static boolean overlap(Actor a, Actor b) {
    return Math.abs(a.x() - b.x()) < halfX(a) + halfX(b)
        && Math.abs(a.y() - b.y()) < halfY(a) + halfY(b);
  }

  private static double halfX(Actor actor) {
    return Math.abs(actor.aheadX()) > 0.5 ? half(actor) : wide(actor);
  }

  private static double halfY(Actor actor) {
    return Math.abs(actor.aheadX()) > 0.5 ? wide(actor) : half(actor);
  }

  private static double half(Actor actor) {
    return Fleet.halfLength(actor.kind(), actor.look());
  }

  private static double wide(Actor actor) {
    return switch (actor.kind()) {
      case BICYCLE -> 0.3;
      case CAR -> 0.9;
      default -> 1.26;
    };
  }

  @ParameterizedTest
  @EnumSource(Viewpoint.class)
  void whoHasATrackKeepsItAndMovesLittleByLittle(Viewpoint viewpoint) {
    Traffic traffic = traffic(viewpoint, 3, 1.5);
    Map<Integer, Actor> before = new HashMap<>();
    for (double seconds = 0; seconds < 80; seconds += 0.1) {
      Set<Integer> seen = new HashSet<>();
      for (Actor actor : traffic.at(seconds)) {
        assertThat(seen.add(actor.track())).as("track %d twice", actor.track()).isTrue();
        assertThat(actor.track()).isPositive();
        Actor earlier = before.put(actor.track(), actor);
        if (earlier != null) {
          assertThat(actor.kind()).isEqualTo(earlier.kind());
          assertThat(actor.look()).isEqualTo(earlier.look());
          double way = Math.abs(actor.x() - earlier.x()) + Math.abs(actor.y() - earlier.y());
          assertThat(way).isLessThan(1.6);
        }
      }
      before.keySet().retainAll(seen);
    }
  }

  @ParameterizedTest
  @EnumSource(Viewpoint.class)
  void thereIsMoreOfItWhereItIsDenser(Viewpoint viewpoint) {
    int few = 0;
    int many = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      few += traffic(viewpoint, seed, 0.5).at(30).size();
      many += traffic(viewpoint, seed, 1.5).at(30).size();
      assertThat(traffic(viewpoint, seed, 0).at(30)).isEmpty();
    }
    assertThat(many).isGreaterThan(few * 3 / 2);
  }

  @ParameterizedTest
  @EnumSource(value = Viewpoint.class, names = "CROSSING")
  void nobodyEntersACrossingOnRed(Viewpoint viewpoint) {
    for (int seed = 0; seed < SEEDS; seed++) {
      Street street = Street.of(viewpoint, new Dice(seed, 1));
      Traffic traffic = Traffic.of(street, viewpoint, 3, new Dice(seed, 2));
      for (double seconds = 0; seconds < 60; seconds += 0.2) {
        double now = seconds;
        for (Actor actor : vehicles(traffic, seconds)) {
          boolean alongY = Math.abs(actor.aheadY()) > 0.5;
          double from = actor.x() * actor.aheadX() + actor.y() * actor.aheadY();
          double front = from + half(actor);
          boolean onStripes =
              front > -street.stopLine(alongY) + 1.4 && front < -street.stopLine(alongY) + 3.5;
          if (onStripes) {
            assertThat(Signals.aspect(alongY, now)).as("%s at %.1f s", actor, now).isZero();
          }
        }
      }
    }
  }
}
