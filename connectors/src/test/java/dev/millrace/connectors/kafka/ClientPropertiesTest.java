package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.ConnectorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientPropertiesTest {
  private static final KafkaSourceConfig CONFIG = KafkaSourceConfig.of("b:9092", "t", "g");

  @Test
  void anyPropertyIsPassedThrough() {
    Map<String, Object> properties = of(Map.of("fetch.min.bytes", "7", "max.poll.records", "3"));
    assertThat(properties)
        .containsEntry("fetch.min.bytes", "7")
        .containsEntry("max.poll.records", "3")
        .containsEntry("bootstrap.servers", "b:9092")
        .containsEntry("enable.auto.commit", false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "enable.auto.commit",
        "bootstrap.servers",
        "group.id",
        "auto.offset.reset",
        "value.deserializer",
        "config.providers",
        "config.providers.x.class"
      })
  void whatIsOursIsRefused(String name) {
    assertThatThrownBy(() -> of(Map.of(name, "true")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("source.properties." + name)
        .hasMessageContaining("belongs to Millrace");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "interceptor.classes|com.example.Spy|names code",
        "metric.reporters|com.example.Spy|names code",
        "security.providers|com.example.Spy|names code",
        "sasl.login.class|com.example.Spy|names code",
        "sasl.login.callback.handler.class|com.example.Spy|names code",
        "sasl.client.callback.handler.class|com.example.Spy|names code",
        "sasl.oauthbearer.token.endpoint.url|http://169.254.169.254/|names code",
        "sasl.oauthbearer.jwks.endpoint.url|file:///etc/passwd|names code",
        "ssl.engine.factory.class|com.example.Spy|names code",
        "ssl.provider|Spy|names code",
        "sasl.kerberos.kinit.cmd|/tmp/spy|names code",
        "partition.assignment.strategy|com.example.Spy|assignors of Kafka's own",
        "ssl.endpoint.identification.algorithm|''|who it says it is",
        "sasl.jaas.config|com.sun.security.auth.module.JndiLoginModule required;|login module",
        "max.pol.records|7|no such property",
        "bootstrap.controllers|evil:9092|names code"
      })
  void whatLoadsCodeReachesOutOrTurnsProtectionOffIsRefused(
      String name, String value, String said) {
    assertThatThrownBy(() -> of(Map.of(name, value)))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("source.properties." + name)
        .hasMessageContaining(said);
  }

  @Test
  void aSecondLoginModuleIsLookedAtAsWell() {
    String scram =
        "org.apache.kafka.common.security.scram.ScramLoginModule required"
            + " username=\"u\" password=\"a;b \\\"c\";";
    assertThat(of(Map.of("sasl.jaas.config", scram))).containsEntry("sasl.jaas.config", scram);
    assertThatThrownBy(
            () -> of(Map.of("sasl.jaas.config", scram + " com.example.Spy required hush=\"x\";")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("login module")
        .hasMessageNotContaining("hush");
    String hidden =
        "org.apache.kafka.common.security.plain.PlainLoginModule required x='\"';"
            + " com.example.Spy required y='\"';";
    assertThatThrownBy(() -> of(Map.of("sasl.jaas.config", hidden)))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("login module");
  }

  @Test
  void theSinksGuaranteesAreNotForSale() {
    assertThatThrownBy(
            () ->
                SinkSettings.producerProperties(
                    KafkaSinkConfig.of("b:1", "e", "d").withProperties(Map.of("acks", "1"))))
        .hasMessageContaining("sink.properties.acks");
  }

  @Test
  void secretsComeFromFilesAndTheEnvironment(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "s3cr$t\\1\n");
    assertThat(of(Map.of("ssl.key.password", "${file:" + file + "}")))
        .containsEntry("ssl.key.password", "s3cr$t\\1");
    assertThat(
            Secrets.resolve("p", "user=\"${env:WHO}\";", name -> name.equals("WHO") ? "me" : null))
        .isEqualTo("user=\"me\";");
  }

  @Test
  void aMissingSecretIsNamed() {
    assertThatThrownBy(() -> of(Map.of("sasl.jaas.config", "${env:MILLRACE_NO_SUCH}")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("source.properties.sasl.jaas.config")
        .hasMessageContaining("MILLRACE_NO_SUCH is not set");
    assertThatThrownBy(() -> of(Map.of("ssl.key.password", "${file:/no/such}")))
        .hasMessageContaining("/no/such cannot be read");
  }

  @Test
  void secretsAreNotShown() {
    KafkaSourceConfig config =
        CONFIG.withProperties(
            Map.of(
                "sasl.jaas.config", "org.Login required password=\"hush\";",
                "ssl.keystore.password", "hush",
                "ssl.key.password", "${env:KEY}",
                "client.rack", "r1"));
    assertThat(config.toString())
        .doesNotContain("hush")
        .contains("${env:KEY}")
        .contains("client.rack=r1");
    assertThat(
            KafkaSinkConfig.of("b:1", "e", "d")
                .withProperties(Map.of("sasl.jaas.config", "hush"))
                .toString())
        .doesNotContain("hush");
  }

  @Test
  void defaultsAreFilledIn() {
    SourceSettings settings =
        SourceSettings.of(
            new KafkaSourceConfig(
                "b:1", null, null, null, null, null, null, null, null, null, null));
    assertThat(settings.topic()).isEqualTo("frames");
    assertThat(settings.group()).isEqualTo("millrace");
    assertThat(settings.startFrom()).isEqualTo("earliest");
    assertThat(settings.maxFrames()).isEqualTo(256);
    assertThat(settings.untilEnd()).isFalse();
  }

  @Test
  void whatCannotWorkIsRefused() {
    assertThatThrownBy(() -> new KafkaFrameSource(CONFIG.withBudget(0, 1)))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("source.maxFramesInFlight");
    assertThatThrownBy(() -> new KafkaFrameSource(KafkaSourceConfig.of("no port", "t", "g")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("no port");
    assertThatThrownBy(
            () -> new KafkaFrameSource(CONFIG.withProperties(Map.of("max.poll.records", "many"))))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("max.poll.records");
  }

  private static Map<String, Object> of(Map<String, String> user) {
    KafkaSourceConfig config = CONFIG.withProperties(user);
    return SourceSettings.of(config).consumerProperties(config);
  }
}
