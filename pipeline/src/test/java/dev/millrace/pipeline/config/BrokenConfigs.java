package dev.millrace.pipeline.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folders of {@code broken-configs/} and what cannot lie in a repository. */
public final class BrokenConfigs {
  private BrokenConfigs() {}

  /**
   * @param folder an empty folder to put them into
   */
  public static List<BrokenConfig> in(Path folder) throws IOException {
    Path root = Files.createDirectories(folder.resolve("configs"));
    copy(resources(), root);
    Files.writeString(folder.resolve("secret.yaml"), "password: hunter2\n");
    generate(
        root,
        "too-big",
        "# ".repeat(200_000).getBytes(StandardCharsets.UTF_8),
        "more than the 262144 bytes allowed");
    generate(root, "binary", new byte[] {1, 2, 0, 7, 65}, "this is not YAML");
    generate(root, "not-utf-8", new byte[] {'a', ':', ' ', (byte) 0xE9, '\n'}, "not UTF-8");
    link(root, "base-is-link-outside", folder.resolve("secret.yaml"), "is a link to outside");
    link(root, "base-is-link-to-nothing", folder.resolve("gone.yaml"), "a link to nothing");
    try (Stream<Path> cases = Files.list(root)) {
      return cases
          .filter(c -> Files.exists(c.resolve("expected.txt")))
          .sorted(Comparator.naturalOrder())
          .map(c -> broken(root, c))
          .toList();
    }
  }

  private static BrokenConfig broken(Path root, Path folder) {
    try {
      List<String> expected = Files.readAllLines(folder.resolve("expected.txt"));
      String name = folder.getFileName().toString();
      return new BrokenConfig(name, root, folder.resolve("config.yaml"), expected);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void generate(Path root, String name, byte[] bytes, String expected)
      throws IOException {
    Path folder = Files.createDirectories(root.resolve(name));
    Files.write(folder.resolve("config.yaml"), bytes);
    Files.writeString(folder.resolve("expected.txt"), name + "/config.yaml\n" + expected + "\n");
  }

  private static void link(Path root, String name, Path target, String expected)
      throws IOException {
    generate(root, name, "_BASE_: link.yaml\n".getBytes(StandardCharsets.UTF_8), expected);
    Files.createSymbolicLink(root.resolve(name).resolve("link.yaml"), target);
  }

  private static Path resources() {
    try {
      return Path.of(BrokenConfigs.class.getResource("/broken-configs").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(from)) {
      walk.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
  }
}
