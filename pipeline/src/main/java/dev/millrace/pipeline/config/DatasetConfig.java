package dev.millrace.pipeline.config;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.millrace.components.ConfigException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pictures with annotations. */
public record DatasetConfig(
    @JsonPropertyDescription(
            "street://... or a COCO or VOC folder: its name in MILLRACE_DATASETS, or its path")
        String dataset,
    @JsonPropertyDescription("Its splits, such as [train, val]; needed by VOC folders")
        @Nullable List<String> splits,
    @JsonPropertyDescription("Only the first so many pictures") @Nullable Integer limit) {

  public DatasetConfig {
    if (limit != null && limit < 1) {
      throw new ConfigException("limit", "expected 1 or more, found " + limit + ".", null);
    }
  }

  /** The splits; none where the dataset has but one. */
  public List<String> splitsOrNone() {
    return splits == null ? List.of() : splits;
  }
}
