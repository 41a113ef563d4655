package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConfigReferenceTest {
  private final String page = ConfigReference.markdown(ToyComponents.registries());

  @Test
  void everyKeyHasTypeDefaultAndMeaning() {
    assertThat(page)
        .contains(
            "| `pipeline.maxBatch` | integer | `8` | Most frames in a batch |",
            "| `pipeline.maxDelay` | duration | `5ms` |",
            "| `pipeline.maxFrameBytes` | size | `16MiB` |",
            "| `model` | map | **required** |",
            "| `model.preprocessor` | preprocessor | **required** |",
            "| `model.classes[].name` | text | **required** |",
            "| `engine.threads` | integer | optional |",
            "(such as backbone.\\*\\*)");
  }

  @Test
  void everyComponentIsListedWithItsArguments() {
    assertThat(page)
        .contains(
            "### Kind: wheel\n\n#### Everything\n\nAll types\n",
            "#### DetectionPostprocessor\n\nScales\n\nNo arguments.\n",
            "| `wheel` | wheel | `{name: Oak, spokes: 3}` | What turns |",
            "| `spares` | list of wheel | optional |",
            "| `grain` | coarse or very-fine | **required** |",
            "| `table` | list of list of number | **required** |",
            "| `properties` | map to text | **required** |",
            "| `sizes` | list of integer | **required** |");
  }

  @Test
  void theListingIsTextOrOneJsonObjectToALine() {
    List<ComponentListing> all = ComponentListing.of(ToyComponents.registries());
    assertThat(ComponentListing.text(all))
        .contains(
            "preprocessor\n  ResizeShortestEdge  Resizes\n"
                + "      minSize (integer, = 800)\n      maxSize (integer, optional)\n",
            "\nwheel\n  Everything  All types\n      text (text, required)\n");
    List<String> lines = ComponentListing.jsonLines(all).lines().toList();
    assertThat(lines).hasSize(5);
    JsonNode first = JsonMapper.builder().build().readTree(lines.get(0));
    assertThat(first.get("name").asString()).isEqualTo("ResizeShortestEdge");
    assertThat(first.get("arguments").get(0).get("fallback").asString()).isEqualTo("800");
    assertThat(first.get("arguments").get(0).get("required").asBoolean()).isFalse();
  }
}
