package dev.millrace.connectors.street;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.ConnectorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreetAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"street://", "street://?"})
  void allMayBeLeftOut(String text) {
    StreetAddress address = StreetAddress.parse(text);
    assertThat(address).isEqualTo(new StreetAddress(0, StreetOptions.DEFAULT, 25, 0));
    assertThat(address.frames()).isZero();
  }

  @Test
  void everyKeyIsRead() {
    StreetAddress address =
        StreetAddress.parse(
            "street://?seed=-7&width=800&height=450&fps=12.5&seconds=4&view=across&weather=rain"
                + "&light=dusk&density=2&noise=0");
    assertThat(address)
        .isEqualTo(
            new StreetAddress(
                -7,
                StreetOptions.DEFAULT
                    .withSize(800, 450)
                    .withViewpoint(Viewpoint.ACROSS)
                    .withWeather(Weather.RAIN)
                    .withDaylight(Daylight.DUSK)
                    .withDensity(2)
                    .withNoise(0),
                12.5,
                4));
    assertThat(address.frames()).isEqualTo(50);
    assertThat(StreetAddress.parse(address.toString())).isEqualTo(address);
    assertThat(StreetAddress.parse("street://?seconds=0.001").frames()).isEqualTo(1);
    assertThat(address.withSeed(8).seed()).isEqualTo(8);
  }

  @Test
  void theHeightFollowsTheWidth() {
    assertThat(StreetAddress.parse("street://?width=1280").options().height()).isEqualTo(720);
    assertThat(StreetAddress.parse("street://?width=32").options().height()).isEqualTo(32);
  }

  @Test
  void theSceneIsOneOfNoOtherSplit() {
    StreetAddress address = StreetAddress.parse("street://?seed=5&width=128");
    StreetScene same = new StreetScene(StreetSplit.LIVE.seed(5), address.options());
    assertThat(address.scene().frame(2).bgr()).isEqualTo(same.frame(2).bgr());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "street://?sed=7|'sed=7' is no key|seed, width",
        "street://?seed|'seed' is no key|seed, width",
        "street://?seed=x|seed: expected a whole number, found 'x'|Correct",
        "street://?width=10|width: expected 32 to 4096 pixels, found '10'|Correct",
        "street://?height=9999999999|height: expected 32 to 4096 pixels|Correct",
        "street://?width=64.5|width: expected a whole number, found '64.5'|Correct",
        "street://?density=4|density: expected a number from 0.0 to 3.0, found '4'|Correct",
        "street://?fps=fast|fps: expected a number, found 'fast'|Correct",
        "street://?light=noon|light: expected any, day, dusk, night, found 'noon'|Correct",
        "street://?seed=1&seed=2|'seed' is there twice|Leave one out",
        "street://seed=1|question mark|street://?seed=7"
      })
  void mistakesAreTold(String text, String problem, String remedy) {
    assertThatThrownBy(() -> StreetAddress.parse(text))
        .isInstanceOf(ConnectorException.class)
        .hasMessageStartingWith(text)
        .hasMessageContaining(problem)
        .hasMessageContaining(remedy);
  }
}
