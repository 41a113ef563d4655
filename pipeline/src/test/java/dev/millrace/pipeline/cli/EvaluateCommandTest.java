package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.pipeline.dataset.Dataset;
import dev.millrace.pipeline.dataset.Datasets;
import dev.millrace.pipeline.dataset.TrueBox;
import dev.millrace.pipeline.training.TinyTraining;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluateCommandTest {

  private static final String STREETS = "street://?images=4&width=128&height=72";

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path config;

  @BeforeEach
  void write() throws IOException {
    config = Files.writeString(folder.resolve("tiny.yaml"), TinyTraining.CONFIG);
  }

  private int evaluate(String dataset, String... more) {
    String[] all = new String[4 + more.length];
    all[0] = "evaluate";
    all[1] = config.toString();
    all[2] = "--dataset";
    all[3] = dataset;
    System.arraycopy(more, 0, all, 4, more.length);
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), all);
  }

  @Test
  void eachClassThatIsToBeFoundHasItsAp() {
    Dataset streets =
        new Datasets(List.of()).open(STREETS, List.of(), List.of(new ObjectClass("car", 3)));
    Set<Long> there =
        IntStream.range(0, 4)
            .mapToObj(streets::load)
            .flatMap(picture -> picture.boxes().stream())
            .filter(box -> !box.crowd())
            .map(TrueBox::categoryId)
            .collect(Collectors.toSet());
    List<String> names =
        streets.categories().stream()
            .filter(category -> there.contains(category.id()))
            .map(category -> category.name())
            .toList();
    assertThat(names).hasSizeGreaterThan(1);
    assertThat(evaluate(STREETS)).as(err.toString()).isZero();
    assertThat(out.toString().lines())
        .hasSize(4 + names.size())
        .anyMatch(line -> line.matches("4 images, [0-9.]+ a second, decoding included"));
    assertThat(out.toString().lines().filter(line -> line.matches("AP   [01]\\.\\d{4}  .+")))
        .extracting(line -> line.replaceFirst(".*  ", ""))
        .isEqualTo(names);
  }

  @Test
  void theFirstPicturesAsOneLineOfJson() {
    assertThat(evaluate(STREETS, "--limit", "2", "--batch", "2", "--lanes", "1", "--json"))
        .as(err.toString())
        .isZero();
    assertThat(out.toString())
        .matches(
            "\\{\"AP\":[01]\\.\\d{4},\"AP50\":.*,\"AP75\":.*,\"images\":2,\"imagesPerSecond\":[0-9.]+}\n");
  }

  @ParameterizedTest
  @CsvSource({"--limit, 0", "--limit, -1", "--batch, 0", "--lanes, 0", "--lanes, -3"})
  void numbersOutOfRangeAreNamed(String option, String value) {
    assertThat(evaluate(STREETS, option, value)).isEqualTo(ExitCodes.USAGE);
    assertThat(err.toString())
        .contains(option + ": expected 1 or more, found " + value)
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nowhere | nowhere: there is no such folder
          street://?split=tset | expected train, validation, test or live, found 'tset'
          street://?width=128&colour=red | a dataset of streets also knows split, images and moments
          """)
  void datasetsThatAreNotThereAreTold(String dataset, String expected) {
    assertThat(evaluate(dataset)).isEqualTo(ExitCodes.BAD_CONFIG);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).containsIgnoringCase(expected);
    assertThat(out.toString()).isEmpty();
  }
}
