package dev.millrace.pipeline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.connectors.ConnectorException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class MistakesTest {

  @Test
  void aFlowThatAConnectorEndedSaysWhatToDoAboutIt() {
    ConnectorException known =
        new ConnectorException(
            "frames", "there is no valid offset.", "Set one.", new IllegalStateException("raw"));
    assertThat(Mistakes.ended(new ExecutionException(known))).isSameAs(known);
  }

  @Test
  void aFlowThatSomethingElseEndedSaysWhatThatSaid() {
    assertThat(Mistakes.ended(new ExecutionException(new IllegalStateException("raw"))))
        .isInstanceOf(FailedException.class)
        .hasMessage("the pipeline failed: raw");
  }
}
