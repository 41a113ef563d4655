package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class MainTest {

  private static final Path ROOT = Path.of(System.getProperty("millrace.root"));

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments);
  }

  @TestFactory
  Stream<DynamicTest> everyCommandExplainsItself() {
    return commands("millrace", Main.commandLine())
        .filter(command -> !command.name.endsWith(" help"))
        .map(
            command ->
                DynamicTest.dynamicTest(
                    command.name,
                    () -> {
                      String usage = command.line.getUsageMessage();
                      assertThat(usage).startsWith("Usage: " + command.name);
                      assertThat(command.line.getCommandSpec().optionsMap()).containsKey("--help");
                      if (command.line.getSubcommands().isEmpty()) {
                        assertThat(usage).containsIgnoringCase("example");
                      }
                      assertThat(command.line.getCommandSpec().usageMessage().footer())
                          .as("what is shown as it is has to fit into a terminal")
                          .filteredOn(line -> line.startsWith("  "))
                          .filteredOn(line -> line.strip().contains(" "))
                          .allMatch(line -> line.length() < 80);
                    }));
  }

  private record Named(String name, CommandLine line) {}

  private static Stream<Named> commands(String name, CommandLine line) {
    return Stream.concat(
        Stream.of(new Named(name, line)),
        line.getSubcommands().entrySet().stream()
            .flatMap(e -> commands(name + " " + e.getKey(), e.getValue())));
  }

  @Test
  void aWrongCommandLineIsExitCode2AndALine() {
    assertThat(run("serv")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("serve").doesNotContain("Exception");
    assertThat(run("publish", "--camera", "a")).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString()).contains("--video FILE");
    assertThat(run("demo", "--video", "a.mp4", "--cameras", "0")).isEqualTo(ExitCodes.USAGE);
    assertThat(run("demo", "--cameras", "-1")).isEqualTo(ExitCodes.USAGE); // needs no --video
    assertThat(err.toString())
        .endsWith(
            "--cameras is a positive number of cameras for one video\nTry: millrace demo --help\n");
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "watch --fps 0, --fps",
    "watch --count 0, --count",
    "watch --seconds -1, --seconds",
    "publish --video a.mp4 --width 20000, --width",
    "publish --video a.mp4 --rate -1, --rate",
    "publish --video a.mp4 --quality 0, --quality",
    "publish --video a.mp4 --partitions 0, --partitions",
    "bench configs/demo.yaml --video a.mp4 --quality 0, --quality",
    "bench configs/demo.yaml --video a.mp4 --frames 6, --frames is at least 20",
    "bench configs/demo.yaml --video a.mp4 --rounds 0, --rounds"
  })
  void anOptionOutOfRangeIsNamed(String line, String expected) {
    assertThat(run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString())
        .startsWith("millrace: ")
        .contains(expected)
        .doesNotContain("Exception");
  }

  @Test
  void aBrokenConfigurationIsExitCode65AndALine(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("broken.yaml"), "model: &a {}\n");
    assertThat(run("config", "check", file.toString())).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("millrace: ").contains("broken.yaml").contains("anchor");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aMissingConfigurationIsExitCode65() {
    for (String command : List.of("serve", "plan")) {
      assertThat(run(command, "nowhere.yaml")).isEqualTo(ExitCodes.BAD_CONFIG);
    }
    assertThat(err.toString()).contains("nowhere.yaml: there is no such file.");
  }

  @Test
  void aGoodConfigurationIsFine() {
    Path demo = ROOT.resolve("configs/demo.yaml");
    assertThat(run("config", "check", demo.toString(), "-o", "pipeline.maxBatch=2")).isZero();
    assertThat(out.toString()).contains("demo.yaml is fine: sha256:");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void componentsAreListed() {
    assertThat(run("components", "backbone", "--json")).isZero();
    assertThat(out.toString().lines()).allMatch(line -> line.startsWith("{\"kind\":\"backbone\""));
    assertThat(run("components", "nothing-like-it")).isEqualTo(ExitCodes.FAILED);
    assertThat(err.toString()).contains("nothing-like-it");
  }

  @Test
  void theReferenceIsTheCommittedPage() throws Exception {
    assertThat(run("config", "reference")).isZero();
    assertThat(out.toString()).isEqualTo(Files.readString(ROOT.resolve("docs/configuration.md")));
  }

  @Test
  void aBrokerThatIsNotThereIsAFailureToldInALine() {
    assertThat(run("watch", "--bootstrap", "nowhere.invalid:1", "--count", "1"))
        .isEqualTo(ExitCodes.FAILED);
    assertThat(err.toString()).startsWith("millrace: nowhere.invalid:1").doesNotContain("\tat ");
  }
}
