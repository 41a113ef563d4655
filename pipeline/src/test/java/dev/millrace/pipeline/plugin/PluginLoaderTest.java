package dev.millrace.pipeline.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginLoaderTest {
  @TempDir Path folder;

  /** A plugin that brings a supplier called {@code name}, of {@code text}. */
  private static PluginJarBuilder greeter(String type, String name, String text)
      throws IOException {
    return new PluginJarBuilder()
        .service("mill." + type)
        .source(
            type,
            """
            public final class %s implements Plugin {
              public record Arguments() {}
              public void register(Registries r) {
                r.of(java.util.function.Supplier.class)
                    .register("%s", "Greets", Arguments.class, (a, b) -> () -> "%s");
              }
            }
            """
                .formatted(type, name, text));
  }

  private static Registries registries() {
    Registries registries = new Registries();
    registries.define(Supplier.class, "supplier");
    return registries;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static String greeting(PluginSet plugins) {
    Registries registries = registries();
    plugins.register(registries);
    Registry.Entry entry = registries.of(Supplier.class).get("Hello", "here");
    return (String) ((Supplier<?>) entry.factory().create(null, null)).get();
  }

  @Test
  void newCodeRunsBesideOldCodeWhoseJarIsGone() throws IOException {
    PluginLoader loader = new PluginLoader(folder);
    greeter("Greeter", "Hello", "one").into(folder, "greeter.jar");
    PluginSet first = loader.open();
    greeter("Greeter", "Hello", "two").into(folder, "greeter.jar");
    PluginSet second = loader.open();

    assertThat(greeting(second)).isEqualTo("two");
    assertThat(greeting(first)).isEqualTo("one"); // loaded only now, from the copy
    assertThat(second.hash()).isNotEqualTo(first.hash());
    first.close();
    first.close();
    assertThat(loader.unloaded()).isEqualTo(1);
    assertThat(greeting(second)).isEqualTo("two");
    second.close();
    assertThat(loader.loaded()).isEqualTo(2).isEqualTo(loader.unloaded());
  }

  @Test
  void equalContentSharesOneClassLoaderUntilTheLastUserCloses() throws IOException {
    PluginLoader loader = new PluginLoader(folder);
    greeter("Greeter", "Hello", "one").into(folder, "greeter.jar");
    PluginSet first = loader.open();
    PluginSet second = loader.open();
    assertThat(first.classLoader()).isSameAs(second.classLoader());
    first.close();
    assertThat(greeting(second)).isEqualTo("one");
    assertThat(loader.unloaded()).isZero();
    second.close();
    assertThat(loader.loaded()).isEqualTo(1).isEqualTo(loader.unloaded());
  }

  @Test
  void theCopiesAreDeleted() throws IOException {
    greeter("Greeter", "Hello", "one").into(folder, "greeter.jar");
    PluginJars jars = PluginJars.copy(folder);
    assertThat(jars.jars()).hasSize(1).allMatch(Files::exists);
    jars.delete();
    assertThat(jars.folder()).doesNotExist();
  }

  @Test
  void withoutFolderThereAreNoPlugins() {
    PluginLoader loader = new PluginLoader(null);
    try (PluginSet none = loader.open()) {
      Registries registries = registries();
      none.register(registries);
      assertThat(registries.of(Supplier.class).entries()).isEmpty();
    }
    assertThat(loader.loaded()).isEqualTo(1).isEqualTo(loader.unloaded());
  }

  @Test
  void aJarOverridesAClassOfTheProgramButNotTheContracts() throws Exception {
    greeter("Greeter", "Hello", "one").into(folder, "greeter.jar");
    try (PluginSet plugins = new PluginLoader(folder).open()) {
      ClassLoader own = plugins.classLoader();
      assertThat(own.loadClass("mill.Greeter").getClassLoader()).isSameAs(own);
      assertThat(own.loadClass("dev.millrace.components.Plugin"))
          .isSameAs(dev.millrace.components.Plugin.class);
    }
  }

  @Test
  void aMissingFolderIsRefused() {
    assertThatThrownBy(() -> new PluginLoader(folder.resolve("none")).open())
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll("none", "is not a folder");
  }

  @Test
  void aJarWithoutServiceEntryIsRefused() throws IOException {
    new PluginJarBuilder().source("Lonely", "class Lonely {}").into(folder, "lonely.jar");
    refused("lonely.jar", "no plugin is named in META-INF/services/dev.millrace.components.Plugin");
  }

  @Test
  void aJarThatNamesAMissingClassIsRefused() throws IOException {
    new PluginJarBuilder().service("mill.Gone").into(folder, "gone.jar");
    refused("gone.jar", "names the class mill.Gone, which the jar does not have");
  }

  @Test
  void aPluginOfAnotherTypeIsRefused() throws IOException {
    new PluginJarBuilder()
        .service("mill.Other")
        .source("Other", "public class Other {}")
        .into(folder, "other.jar");
    refused("other.jar", "mill.Other is not a dev.millrace.components.Plugin");
  }

  @Test
  void aPluginWithoutPublicConstructorIsRefused() throws IOException {
    new PluginJarBuilder()
        .service("mill.Shy")
        .source(
            "Shy",
            "public class Shy implements Plugin { Shy(int x) {} "
                + "public void register(Registries r) {} }")
        .into(folder, "shy.jar");
    refused("shy.jar", "mill.Shy cannot be made. It must be a public class");
  }

  @Test
  void aThrowingConstructorIsRefusedWithItsReason() throws IOException {
    new PluginJarBuilder()
        .service("mill.Angry")
        .source(
            "Angry",
            "public class Angry implements Plugin {"
                + " public Angry() { throw new IllegalStateException(\"no grain\\nat all\"); }"
                + " public void register(Registries r) {} }")
        .into(folder, "angry.jar");
    refused(
        "angry.jar", "mill.Angry failed with IllegalStateException: no grain. Mend the plugin.");
  }

  @Test
  void codeForANewerJavaIsRefused() throws IOException {
    greeter("Modern", "Hello", "x").classVersion("Modern", 120).into(folder, "modern.jar");
    refused("modern.jar", "compiled for a newer Java than this one");
  }

  @Test
  void aNameThatIsTakenIsRefused() throws IOException {
    greeter("One", "Hello", "1").into(folder, "a-one.jar");
    greeter("Two", "Hello", "2").into(folder, "b-two.jar");
    refused("b-two.jar", "mill.Two: the supplier Hello is registered already");
  }

  @Test
  void aFileThatIsNoJarIsRefused() throws IOException {
    Files.writeString(folder.resolve("half.jar"), "PK half of a download");
    refused("half.jar", "this is not a jar that can be read");
  }

  @Test
  void aPluginThatNeedsWhatIsNotThereIsRefused() throws IOException {
    new PluginJarBuilder()
        .service("mill.Needy")
        .source(
            "Needy",
            "class Helper {} public class Needy implements Plugin {"
                + " public void register(Registries r) { new Helper(); } }")
        .without("mill/Helper.class")
        .into(folder, "needy.jar");
    refused("needy.jar", "mill.Needy does not fit this version: NoClassDefFoundError: mill/Helper");
  }

  private void refused(String jar, String problem) {
    PluginLoader loader = new PluginLoader(folder);
    try (PluginSet plugins = loader.open()) {
      assertThatThrownBy(() -> plugins.register(registries()))
          .isInstanceOf(ConfigException.class)
          .hasMessageStartingWith(folder.resolve(jar) + ": ")
          .hasMessageContaining(problem);
    }
    assertThat(loader.loaded()).isEqualTo(loader.unloaded());
  }
}
