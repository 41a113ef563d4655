package dev.millrace.pipeline.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.ConfigException;
import dev.millrace.components.Registries;
import dev.millrace.components.standard.StandardComponents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shipped configurations with damage: loaded or refused in words, and nothing outside is read. */
class ConfigFuzzTest {

  private static final int COUNT = "full".equals(System.getProperty("faults.scale")) ? 2_000 : 200;
  private static final Path SHIPPED = Path.of(System.getProperty("millrace.root"), "configs");
  private static final String SECRET = "the-secret-of-another-folder";

  private static final List<String> NASTY =
      List.of(
          "../../outside/secret.yaml",
          "../outside/secret.yaml",
          "/etc/passwd",
          "!!java.net.URL [http://127.0.0.1:1/]",
          "!!javax.script.ScriptEngineManager []",
          "&a [*a]",
          "*a",
          "${env:HOME}",
          "${file:/etc/passwd}",
          "9e999",
          "-1",
          "99999999999999999999",
          ".nan",
          "null",
          "~",
          "[[[[[[[[[[[[[[[[",
          "{a: {a: {a: {a: {a: {a: {a: 1}}}}}}}",
          "\u0000",
          "? x",
          "'",
          "\"",
          "|",
          "x".repeat(100_000),
          "[" + "1, ".repeat(20_000) + "1]");

  @TempDir Path folder;

  @Test
  void damagedConfigurations() throws IOException {
    Path root = folder.resolve("configs");
    Files.createDirectories(folder.resolve("outside"));
    Files.writeString(folder.resolve("outside/secret.yaml"), "console: {host: " + SECRET + "}");
    List<Path> seeds = copied(root);
    Registries registries = StandardComponents.registries();
    SplittableRandom random = new SplittableRandom(5);
    int loaded = 0;
    int refused = 0;
    long slowest = 0;
    for (int i = 0; i < COUNT; i++) {
      Path seed = seeds.get(i % seeds.size());
      Path damaged = seed.resolveSibling("damaged.yaml");
      Files.write(damaged, damage(Files.readAllBytes(seed), random));
      long start = System.nanoTime();
      try {
        LoadedConfig config = new ConfigLoader(root).load(damaged, List.of(), registries);
        Path inside = root.toRealPath();
        for (Path file : config.files()) {
          assertThat(file.toRealPath()).startsWith(inside);
        }
        assertThat(config.config().toString()).doesNotContain(SECRET);
        loaded++;
      } catch (ConfigException e) {
        assertThat(e.getMessage()).doesNotContain(SECRET).doesNotContain("root:x:0");
        refused++;
      }
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
    System.out.printf(
        "%d damaged configurations: %d loaded, %d refused, none took longer than %d ms%n",
        COUNT, loaded, refused, slowest / 1_000_000);
    assertThat(loaded).isPositive();
    assertThat(refused).isGreaterThan(COUNT / 4);
    assertThat(slowest).isLessThan(10_000_000_000L);
  }

  /** Files that inherit from others, and the others. */
  private static List<Path> copied(Path root) throws IOException {
    List<Path> copies = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SHIPPED)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        Path copy = root.resolve(SHIPPED.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
        copies.add(copy);
      }
    }
    assertThat(copies).hasSizeGreaterThan(5);
    return copies;
  }

  private static byte[] damage(byte[] seed, SplittableRandom random) {
    List<String> lines = new ArrayList<>(Arrays.asList(new String(seed, ISO_8859_1).split("\n")));
    for (int n = random.nextInt(3); n >= 0; n--) {
      int at = random.nextInt(lines.size());
      String line = lines.get(at);
      switch (random.nextInt(7)) {
        case 0 -> lines.set(at, line.replaceFirst(":.*", ": ") + pick(random));
        case 1 -> lines.add(at, line);
        case 2 -> lines.set(at, " " + line);
        case 3 -> lines.set(at, line.strip());
        case 4 -> lines.set(at, line + pick(random));
        case 5 -> lines.set(0, "_BASE_: " + pick(random));
        default -> {
          byte[] bytes = String.join("\n", lines).getBytes(ISO_8859_1);
          for (int flips = random.nextInt(1, 6); flips > 0; flips--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
          }
          lines = new ArrayList<>(Arrays.asList(new String(bytes, ISO_8859_1).split("\n")));
        }
      }
    }
    return String.join("\n", lines).getBytes(ISO_8859_1);
  }

  private static String pick(SplittableRandom random) {
    return NASTY.get(random.nextInt(NASTY.size()));
  }
}
