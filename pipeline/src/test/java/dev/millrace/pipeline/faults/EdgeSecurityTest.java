package dev.millrace.pipeline.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.kafka.KafkaTopics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker that wants TLS, a name and a password, and a {@code millrace serve} that gets one of
 * them wrong: a line says which, and no secret is in it.
 */
@Tag("faults")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EdgeSecurityTest {

  private static final String PASSWORD = "correct-horse-4711";
  private static final String WRONG = "wrong-horse-0815";
  private static final String STORE = "store-secret-12";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir static Path folder;
  private Brokers brokers;
  private int runs;

  @BeforeAll
  void start() throws IOException, InterruptedException {
    authority("ca");
    authority("other-ca");
    certificate("broker", "ca", "ip:127.0.0.1,dns:localhost");
    brokers = broker("broker");
  }

  private Brokers broker(String certificate) {
    return new Brokers(
        folder.resolve("cluster-" + certificate),
        1,
        new Brokers.Secure(
            "SASL_SSL",
            """
            ssl.keystore.location=%1$s
            ssl.keystore.password=%2$s
            ssl.key.password=%2$s
            sasl.enabled.mechanisms=SCRAM-SHA-512
            listener.name.secure.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
            authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
            super.users=User:ANONYMOUS;User:millrace
            """
                .formatted(folder.resolve(certificate + ".p12"), STORE),
            List.of(
                "--add-scram",
                "SCRAM-SHA-512=[name=millrace,password=" + PASSWORD + "]",
                "--add-scram",
                "SCRAM-SHA-512=[name=nobody,password=" + PASSWORD + "]")));
  }

  @AfterAll
  void stop() {
    brokers.close();
  }

  @Test
  void theRightOneIsLetIn() {
    try (Jvm serve = serve(brokers, login("millrace", PASSWORD, "ca"))) {
      untilItsTopicsAreThere();
      assertThat(serve.alive()).isTrue();
      assertThat(serve.tail()).doesNotContain(PASSWORD, STORE);
    }
  }

  private void untilItsTopicsAreThere() {
    Faults.until(
        "its topics to be created",
        PATIENCE,
        () -> {
          try (KafkaTopics topics = brokers.topics()) {
            return topics.names().containsAll(List.of("events", "frames-dead-letters"));
          }
        });
  }

  @Test
  void commandsWithoutAConfigurationAreLetInByAFile() throws IOException {
    StringBuilder lines = new StringBuilder();
    login("millrace", PASSWORD, "ca")
        .forEach((name, value) -> lines.append(name).append('=').append(value).append('\n'));
    String access = Files.writeString(folder.resolve("client.properties"), lines).toString();
    Path picture = folder.resolve("pictures").resolve("a.png");
    Files.createDirectories(picture.getParent());
    ImageIO.write(new BufferedImage(32, 24, BufferedImage.TYPE_3BYTE_BGR), "png", picture.toFile());

    String video = picture.getParent().toString();
    assertThat(run(access, "publish", "--video", video, "--loop", "--limit=3"))
        .contains("created the topic frames", "3 frames of 1 camera published to frames");
    try (Jvm serve = serve(brokers, login("millrace", PASSWORD, "ca"))) {
      untilItsTopicsAreThere();
      assertThat(run(access, "watch", "--from", "beginning", "--count=3", "--json").lines())
          .hasSize(3)
          .allMatch(line -> line.contains("\"topic\":\"frames\""));
      assertThat(serve.alive()).isTrue();
    }
    Path film = folder.resolve("film.mp4");
    run(access, "watch", "--from=beginning", "--count=3", "--video=" + film);
    assertThat(film).isNotEmptyFile();
    assertThat(run(access, "dlq", "list")).isEmpty();
  }

  private String run(String access, String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--bootstrap", brokers.secureServers(), "--command-config=" + access));
    try (Jvm jvm =
        Scene.millrace(
            folder.resolve("command-" + runs++ + ".log"), command.toArray(String[]::new))) {
      int code = jvm.ended();
      String log = jvm.tail();
      assertThat(code).as(log).isZero();
      assertThat(log).doesNotContain(PASSWORD, STORE);
      return log;
    }
  }

  @Test
  void plaintextToATlsListener() {
    told(serve(brokers, Map.of()), "no broker answered in time", "security.protocol");
  }

  @Test
  void aBrokerOfAnotherAuthority() {
    told(
        serve(brokers, login("millrace", PASSWORD, "other-ca")),
        "the TLS handshake failed",
        "certification path",
        "ssl.truststore");
  }

  @Test
  void aBrokerOfAnotherName() throws IOException, InterruptedException {
    certificate("elsewhere", "ca", "dns:kafka.example.com");
    try (Brokers elsewhere = broker("elsewhere")) {
      told(
          serve(elsewhere, login("millrace", PASSWORD, "ca")),
          "the TLS handshake failed",
          "127.0.0.1");
    }
  }

  @Test
  void aWrongPassword() {
    told(
        serve(brokers, login("millrace", WRONG, "ca")),
        "the broker does not accept who we are",
        "sasl.*");
  }

  @Test
  void aUserWhoMayNothing() {
    told(serve(brokers, login("nobody", PASSWORD, "ca")), "does not allow it", "Grant this user");
  }

  private void told(Jvm serve, String... said) {
    try (serve) {
      long start = System.nanoTime();
      Faults.until("a word", PATIENCE, () -> !serve.alive() || serve.tail().contains(said[0]));
      Faults.sleep(Duration.ofMillis(300));
      String log = serve.tail();
      List<String> lines = log.lines().filter(line -> line.contains(said[0])).toList();
      assertThat(lines).as(log).isNotEmpty();
      assertThat(lines.get(0)).contains(said);
      assertThat(log).doesNotContain(PASSWORD, WRONG, STORE).doesNotContain("\tat ");
      System.out.printf("%.1f s: %s%n", (System.nanoTime() - start) / 1e9, lines.get(0).strip());
    }
  }

  private Map<String, String> login(String user, String password, String authority) {
    Map<String, String> properties = new LinkedHashMap<>();
    properties.put("security.protocol", "SASL_SSL");
    properties.put("sasl.mechanism", "SCRAM-SHA-512");
    properties.put(
        "sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required username='"
            + user
            + "' password='"
            + password
            + "';");
    properties.put("ssl.truststore.location", folder.resolve(authority + "-trust.p12").toString());
    properties.put("ssl.truststore.password", STORE);
    return properties;
  }

  private Jvm serve(Brokers where, Map<String, String> properties) {
    StringBuilder lines = new StringBuilder();
    properties.forEach(
        (name, value) -> lines.append("    ").append(name + ": \"" + value + "\"\n"));
    String section = lines.isEmpty() ? "  properties: {}\n" : "  properties:\n" + lines;
    String text =
        """
        %ssource:
          bootstrapServers: "%s"
          group: secure-%d
        %ssink:
          bootstrapServers: "%s"
        %s"""
            .formatted(
                Scene.MODEL + "console: {port: 0}\n",
                where.secureServers(),
                runs,
                section,
                where.secureServers(),
                section);
    try {
      Path config = Files.writeString(folder.resolve("secure-" + runs + ".yaml"), text);
      return Scene.serve(folder.resolve("secure-" + runs++ + ".log"), config);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A key and a certificate that signs others, and a store that trusts it. */
  private void authority(String name) throws IOException, InterruptedException {
    keytool(name, "-genkeypair", "-alias", name, "-dname", "CN=" + name, "-ext", "bc:c");
    keytool(name, "-exportcert", "-alias", name, "-file", file(name + ".crt"));
    keytool(
        name + "-trust", "-importcert", "-noprompt", "-alias", name, "-file", file(name + ".crt"));
  }

  private void certificate(String name, String authority, String names)
      throws IOException, InterruptedException {
    keytool(name, "-genkeypair", "-alias", name, "-dname", "CN=" + name);
    keytool(name, "-certreq", "-alias", name, "-file", file(name + ".csr"));
    keytool(
        authority,
        "-gencert",
        "-alias",
        authority,
        "-infile",
        file(name + ".csr"),
        "-outfile",
        file(name + ".crt"),
        "-ext",
        "san=" + names);
    keytool(
        name, "-importcert", "-noprompt", "-alias", authority, "-file", file(authority + ".crt"));
    keytool(name, "-importcert", "-noprompt", "-alias", name, "-file", file(name + ".crt"));
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void keytool(String store, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", file(store + ".p12"), "-storetype", "PKCS12", "-storepass", STORE));
    if (command.contains("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-validity", "30"));
    }
    Path log = folder.resolve("keytool.log");
    int code =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start()
            .waitFor();
    assertThat(code).as(Files.readString(log)).isZero();
  }
}
