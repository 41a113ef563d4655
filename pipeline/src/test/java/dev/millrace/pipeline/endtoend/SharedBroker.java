package dev.millrace.pipeline.endtoend;

import dev.millrace.connectors.kafka.embedded.EmbeddedBroker;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One real broker for all test classes of this JVM; closed at the end. */
final class SharedBroker implements BeforeAllCallback {
  private static final ExtensionContext.Namespace SPACE =
      ExtensionContext.Namespace.create(SharedBroker.class);
  private static volatile String address = "";

  @Override
  public void beforeAll(ExtensionContext context) {
    EmbeddedBroker broker =
        context
            .getRoot()
            .getStore(SPACE)
            .computeIfAbsent("broker", key -> EmbeddedBroker.start(), EmbeddedBroker.class);
    address = broker.bootstrapServers();
  }

  static String bootstrapServers() {
    return address;
  }
}
