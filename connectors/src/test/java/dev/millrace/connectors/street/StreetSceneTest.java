package dev.millrace.connectors.street;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.GroundTruth;
import dev.millrace.connectors.GroundTruth.TrueObject;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StreetSceneTest {
  private static final StreetOptions SMALL = StreetOptions.DEFAULT.withSize(320, 180);

  /**
   * Of the frames below. JDK 17 and 25 agree on every byte. Whoever changes on purpose what a
   * street looks like writes the new values here, and says in the commit that all datasets change.
   */
  private static final String PIXELS =
      "367a4b165240d5dbeabc222c7a8a4a61946d7575dff31090ae0b7d4bf0c71180";

  private static final String TRUTHS =
      "29e3622486f1801bcd1fa138eeab5e34158438eb7d5e36dd71e0158d6244b411";

  @Test
  void theSameBytesOnEveryMachine() throws Exception {
    MessageDigest pixels = MessageDigest.getInstance("SHA-256");
    MessageDigest truths = MessageDigest.getInstance("SHA-256");
    for (int seed = 0; seed < 20; seed++) {
      StreetScene street = new StreetScene(seed, SMALL);
      for (double seconds : new double[] {0, 17.3 * seed, 411.04}) {
        StreetFrame frame = street.frame(seconds);
        pixels.update(frame.bgr());
        truths.update(frame.truth().toString().getBytes(UTF_8));
      }
    }
    assertThat(HexFormat.of().formatHex(truths.digest())).isEqualTo(TRUTHS);
    assertThat(HexFormat.of().formatHex(pixels.digest())).isEqualTo(PIXELS);
  }

  @Test
  void anyMomentMayBeAskedForInAnyOrder() {
    StreetScene street = new StreetScene(5, SMALL);
    List<StreetFrame> sequential = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      sequential.add(street.frame(i / 5.0));
    }
    StreetScene again = new StreetScene(5, SMALL);
    for (int i = 11; i >= 0; i--) {
      assertThat(again.frame(i / 5.0).bgr()).isEqualTo(sequential.get(i).bgr());
      assertThat(again.truth(i / 5.0)).isEqualTo(sequential.get(i).truth());
    }
    assertThat(sequential.get(0).bgr()).isNotEqualTo(sequential.get(1).bgr());
    assertThat(new StreetScene(6, SMALL).frame(0).bgr()).isNotEqualTo(sequential.get(0).bgr());
  }

  @Test
  void severalThreadsGetTheSame() throws Exception {
    StreetScene street = new StreetScene(8, SMALL);
    List<StreetFrame> expected = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      expected.add(street.frame(i));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<StreetFrame>> work = new ArrayList<>();
      for (int i = 0; i < 48; i++) {
        int second = i % 6;
        work.add(() -> street.frame(second));
      }
      List<Future<StreetFrame>> frames = threads.invokeAll(work);
      for (int i = 0; i < frames.size(); i++) {
        assertThat(frames.get(i).get().bgr()).isEqualTo(expected.get(i % 6).bgr());
        assertThat(frames.get(i).get().truth()).isEqualTo(expected.get(i % 6).truth());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aBoxIsTheExtentOfItsObjectsPixels() {
    int boxes = 0;
    for (int seed = 20; seed < 32; seed++) {
      StreetScene street = new StreetScene(seed, SMALL);
      GroundTruth truth = street.truth(40 + seed);
      int[] tracks = street.tracks(40 + seed);
      assertThat(tracks).hasSize(320 * 180);
      for (TrueObject object : all(truth)) {
        assertThat(object)
            .extracting(
                TrueObject::x1, TrueObject::y1, TrueObject::x2, TrueObject::y2, TrueObject::area)
            .containsExactlyElementsOf(extent(tracks, object.trackId()));
        boxes++;
      }
    }
    assertThat(boxes).isGreaterThan(60);
  }

  private static List<Float> extent(int[] tracks, int track) {
    int left = 320;
    int top = 180;
    int right = -1;
    int bottom = -1;
    int area = 0;
    for (int at = 0; at < tracks.length; at++) {
      if (tracks[at] == track) {
        left = Math.min(left, at % 320);
        right = Math.max(right, at % 320 + 1);
        top = Math.min(top, at / 320);
        bottom = Math.max(bottom, at / 320 + 1);
        area++;
      }
    }
    return List.of((float) left, (float) top, (float) right, (float) bottom, (float) area);
  }

  private static List<TrueObject> all(GroundTruth truth) {
    return Stream.concat(truth.objects().stream(), truth.ignored().stream()).toList();
  }

  @Test
  void whatIsToBeFoundIsLargeAndVisibleEnoughAndTheRestIsIgnored() {
    boolean ignoredSmall = false;
    boolean ignoredHidden = false;
    for (int seed = 0; seed < 40; seed++) {
      GroundTruth truth = new StreetScene(seed, SMALL).truth(3 * seed);
      assertThat(truth.width()).isEqualTo(320);
      assertThat(truth.height()).isEqualTo(180);
      for (TrueObject o : truth.objects()) {
        assertThat(o.visible()).isBetween(0.35f * 0.2f, 1f);
        assertThat(o.y2() - o.y1()).isGreaterThanOrEqualTo(6);
        assertThat(o.x2() - o.x1()).isGreaterThanOrEqualTo(3);
      }
      for (TrueObject o : all(truth)) {
        assertThat(o.x1()).isBetween(0f, o.x2());
        assertThat(o.y1()).isBetween(0f, o.y2());
        assertThat(o.x2()).isLessThanOrEqualTo(320);
        assertThat(o.y2()).isLessThanOrEqualTo(180);
        assertThat(o.area()).isBetween(1f, (o.x2() - o.x1()) * (o.y2() - o.y1()));
        assertThat(o.label()).isEqualTo(StreetClass.labels().get(o.classId()));
      }
      for (TrueObject o : truth.ignored()) {
        ignoredSmall |= o.visible() >= 0.35 && o.y2() - o.y1() < 6;
        ignoredHidden |= o.visible() < 0.35 && o.y2() - o.y1() > 12;
      }
    }
    assertThat(ignoredSmall).isTrue();
    assertThat(ignoredHidden).isTrue();
  }

  @Test
  void everyClassViewpointWeatherAndLightOccurs() {
    Map<StreetClass, Integer> classes = new EnumMap<>(StreetClass.class);
    Set<Object> conditions = new HashSet<>();
    int objects = 0;
    int seeds = 60;
    for (int seed = 0; seed < seeds; seed++) {
      StreetScene street = new StreetScene(seed, SMALL);
      conditions.addAll(List.of(street.viewpoint(), street.weather(), street.daylight()));
      for (TrueObject o : street.truth(seed).objects()) {
        classes.merge(StreetClass.values()[o.classId()], 1, Integer::sum);
        objects++;
      }
    }
    assertThat(classes).hasSize(5).allSatisfy((kind, count) -> assertThat(count).isGreaterThan(12));
    assertThat(conditions)
        .contains((Object[]) Viewpoint.values())
        .contains((Object[]) Weather.values())
        .contains((Object[]) Daylight.values());
    assertThat(objects / (double) seeds).isBetween(4.0, 10.0);
  }

  @Test
  void anOptionChangesNothingButWhatItNames() {
    StreetScene open = new StreetScene(11, SMALL);
    StreetScene night = new StreetScene(11, SMALL.withDaylight(Daylight.NIGHT));
    StreetScene day = new StreetScene(11, SMALL.withDaylight(Daylight.DAY));
    assertThat(night.daylight()).isEqualTo(Daylight.NIGHT);
    assertThat(night.viewpoint()).isEqualTo(open.viewpoint());
    assertThat(night.truth(9)).isEqualTo(day.truth(9)).isEqualTo(open.truth(9));
    assertThat(brightness(night.frame(9))).isLessThan(0.6 * brightness(day.frame(9)));
    for (Viewpoint viewpoint : Viewpoint.values()) {
      assertThat(new StreetScene(11, SMALL.withViewpoint(viewpoint)).viewpoint())
          .isEqualTo(viewpoint);
    }
  }

  private static double brightness(StreetFrame frame) {
    long sum = 0;
    for (byte value : frame.bgr()) {
      sum += value & 255;
    }
    return sum / (double) frame.bgr().length;
  }

  @Test
  void withoutTrafficNobodyIsThere() {
    StreetScene street = new StreetScene(3, SMALL.withDensity(0));
    assertThat(all(street.truth(10))).isEmpty();
    assertThat(street.tracks(10)).containsOnly(0);
  }

  @Test
  void sizesMayBeOdd() {
    StreetFrame frame = new StreetScene(2, StreetOptions.DEFAULT.withSize(321, 203)).frame(1);
    assertThat(frame.bgr()).hasSize(3 * 321 * 203);
    assertThat(frame.truth().width()).isEqualTo(321);
  }

  @Test
  void theBoxesScaleWithThePicture() {
    GroundTruth small = new StreetScene(4, SMALL.withNoise(0)).truth(20);
    GroundTruth large =
        new StreetScene(4, StreetOptions.DEFAULT.withSize(640, 360).withNoise(0)).truth(20);
    Map<Integer, TrueObject> byTrack = new java.util.HashMap<>();
    large.objects().forEach(o -> byTrack.put(o.trackId(), o));
    assertThat(small.objects()).isNotEmpty();
    int compared = 0;
    for (TrueObject o : small.objects()) {
      TrueObject other = byTrack.get(o.trackId());
      if (other != null && o.visible() == 1) {
        assertThat(other.x1() / 2).isBetween(o.x1() - 3, o.x1() + 3);
        assertThat(other.y2() / 2).isBetween(o.y2() - 3, o.y2() + 3);
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  @Test
  void thereIsNoTimeBeforeTheBeginning() {
    StreetScene street = new StreetScene(1, SMALL);
    assertThatThrownBy(() -> street.frame(-0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-0.1");
    assertThatThrownBy(() -> street.frame(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void optionsOutOfRangeAreRefused() {
    assertThatThrownBy(() -> StreetOptions.DEFAULT.withSize(31, 64))
        .hasMessage("width: expected 32.0 to 4096.0, found 31.0");
    assertThatThrownBy(() -> StreetOptions.DEFAULT.withDensity(Double.NaN))
        .hasMessageContaining("density");
  }
}
