package dev.millrace.connectors.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.connectors.ConnectorException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientAccessTest {

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("client.properties"), text);
  }

  @Test
  void ofAnotherClientOnlyWhatLetsIn() {
    assertThat(
            ClientAccess.of(
                Map.of("security.protocol", "SSL", "max.poll.records", "3", "ssl.protocol", "TLS")))
        .containsOnlyKeys("security.protocol", "ssl.protocol");
    assertThat(ClientAccess.of(null)).isEmpty();
  }

  @Test
  void aFileIsReadWithItsReferences() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "horse\n");
    Path file =
        file(
            """
            # who we are
            security.protocol = SASL_SSL
            ssl.key.password = ${file:%s}
            """
                .formatted(secret));
    assertThat(ClientAccess.read(file))
        .containsOnly(
            Map.entry("security.protocol", "SASL_SSL"),
            Map.entry("ssl.key.password", "${file:" + secret + "}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bootstrap.servers=b:1|bootstrap.servers: here stands only|Say --bootstrap",
        "group.id=g|group.id: here stands only|Remove it",
        "ssl.engine.factory.class=x.Y|ssl.engine.factory.class: |names code",
        "security.providers=x.Y|security.providers: |names code",
        "ssl.endpoint.identification.algorithm=|ssl.endpoint|who it says it is",
        "sasl.jaas.config=x.Y required password\\='horse';|sasl.jaas.config: |login module",
        "ssl.key.password=${env:MILLRACE_NO_SUCH}|ssl.key.password: |is not set",
        "ssl.protocol=\\u12|no file of properties|hexadecimal",
      })
  void whatIsNotAllowedIsToldWithItsPlace(String line, String where, String said)
      throws IOException {
    Path file = file(line);
    assertThatThrownBy(() -> ClientAccess.read(file))
        .isInstanceOf(ConnectorException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining(where)
        .hasMessageContaining(said)
        .hasMessageNotContaining("horse");
  }

  @Test
  void whatIsNoTextOrTooLargeOrNotThereIsTold() throws IOException {
    Path latin = folder.resolve("latin");
    Files.write(latin, "ssl.key.password=\u00fc".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> ClientAccess.read(latin)).hasMessageContaining("in UTF-8");
    Path large = file("#".repeat(70_000));
    assertThatThrownBy(() -> ClientAccess.read(large)).hasMessageContaining("70000 bytes");
    assertThatThrownBy(() -> ClientAccess.read(folder.resolve("none")))
        .isInstanceOf(ConnectorException.class)
        .hasMessageContaining("cannot be read");
    assertThatThrownBy(() -> ClientAccess.read(folder)).isInstanceOf(ConnectorException.class);
  }
}
