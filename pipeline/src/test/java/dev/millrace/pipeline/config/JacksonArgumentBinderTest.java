package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ComponentConfig;
import dev.millrace.components.ConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JacksonArgumentBinderTest {
  private static final String ALL =
      """
      {text: hello, flag: true, ratio: 3, small: .5, count: 5000000000, grain: very-fine,
       delay: 2m, heapBytes: 3GiB, sizes: [1, 2], table: [[1, 2.5], []],
       properties: {linger.ms: 5, acks: all, enable.idempotence: true}}
      """;

  private static ComponentConfig<?> config(String yaml) {
    Node.Mapping node = (Node.Mapping) YamlReader.parse(yaml, "test");
    return new ComponentConfig<>("Toy", new ConfigTree("test", node).values(), "model.x");
  }

  private static <A extends Record> A bind(String yaml, Class<A> type) {
    return new JacksonArgumentBinder().bind(config(yaml), type);
  }

  @Test
  void everyTypeBinds() {
    ToyComponents.Everything all = bind(ALL, ToyComponents.Everything.class);
    assertThat(all.text()).isEqualTo("hello");
    assertThat(all.flag()).isTrue();
    assertThat(all.ratio()).isEqualTo(3);
    assertThat(all.small()).isEqualTo(.5f);
    assertThat(all.count()).isEqualTo(5_000_000_000L);
    assertThat(all.grain()).isEqualTo(ToyComponents.Grain.VERY_FINE);
    assertThat(all.delay()).isEqualTo(Duration.ofMinutes(2));
    assertThat(all.heapBytes()).isEqualTo(3L << 30);
    assertThat(all.sizes()).containsExactly(1, 2);
    assertThat(all.table()).isEqualTo(List.of(List.of(1.0, 2.5), List.of()));
    assertThat(all.properties())
        .isEqualTo(Map.of("linger.ms", "5", "acks", "all", "enable.idempotence", "true"));
    assertThat(all.perhaps()).isEmpty();
    assertThat(all.defaulted()).containsExactly(1, 2);
  }

  @Test
  void componentsInsideKeepTheirPath() {
    ToyComponents.Rcnn rcnn =
        bind("{spares: [Oak, {name: Oak, spokes: 4}]}", ToyComponents.Rcnn.class);
    assertThat(rcnn.wheel())
        .isEqualTo(new ComponentConfig<>("Oak", Map.of("spokes", 3), "model.x.wheel"));
    assertThat(rcnn.spares())
        .containsExactly(
            new ComponentConfig<>("Oak", Map.of(), "model.x.spares[0]"),
            new ComponentConfig<>("Oak", Map.of("spokes", 4), "model.x.spares[1]"));
  }

  @Test
  void aConstructorsRefusalGetsThePath() {
    assertThatThrownBy(() -> bind("{spokes: 1}", ToyComponents.Oak.class))
        .isInstanceOf(ConfigException.class)
        .hasMessage("model.x.spokes: expected 2 or more, found 1.");
  }

  @Test
  void everyMissingKeyIsNamed() {
    assertThatThrownBy(() -> bind("{flag: true}", ToyComponents.Everything.class))
        .hasMessageStartingWith("model.x.text: missing required keys text, ratio, small, count");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flag: yes         | model.x.flag: expected true or false, found 'yes'.",
        "flag: 1           | model.x.flag: expected true or false, found 1.",
        "ratio: much       | model.x.ratio: expected a number, found 'much'.",
        "count: 1.0        | model.x.count: expected an integer, found 1.0.",
        "count: '5'        | model.x.count: expected an integer, found '5'.",
        "text: 5           | model.x.text: expected text, found 5. Put it in quotes.",
        "text: [a]         | model.x.text: expected text, found a list.",
        "grain: very-fin   | model.x.grain: expected one of coarse, very-fine, found 'very-fin'. Did you mean very-fine?",
        "grain: {a: 1}     | model.x.grain: expected one of coarse, very-fine, found a map.",
        "delay: 1d         | model.x.delay: expected a duration such as 5ms, 2s or 1m, found '1d'.",
        "heapBytes: 1TB    | model.x.heapBytes: expected a size such as 64MiB, 16KiB or a number of bytes, found '1TB'.",
        "heapBytes: 99999999999GiB | model.x.heapBytes: expected a size that fits 63 bits, found '99999999999GiB'.",
        "sizes: 5          | model.x.sizes: expected a list, found 5.",
        "sizes: [1, b]     | model.x.sizes[1]: expected an integer, found 'b'.",
        "table: [[1], [x]] | model.x.table[1][0]: expected a number, found 'x'.",
        "properties: 5     | model.x.properties: expected a map, found 5.",
        "properties: {a: [1]} | model.x.properties.a: expected text, found a list.",
        "perhaps: 5        | model.x.perhaps: expected text, found 5."
      })
  void aWrongTypeIsRefused(String key, String message) {
    Map<String, Object> values = new java.util.LinkedHashMap<>(config(ALL).arguments());
    values.putAll(config(key).arguments());
    ComponentConfig<?> config = new ComponentConfig<>("Toy", values, "model.x");
    assertThatThrownBy(
            () -> new JacksonArgumentBinder().bind(config, ToyComponents.Everything.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }
}
