package dev.millrace.pipeline.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.components.checkpoint.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

class ConfigWatcherTest {
  private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
  private final List<ConfigChange> changes = new ArrayList<>();
  private Disposable subscription = () -> {};
  private Path root;
  private Path file;
  private Path base;
  private Path plugins;
  private volatile Map<Path, String> followed = Map.of();

  @BeforeEach
  void write(@TempDir Path folder) throws IOException {
    root = Files.createDirectories(folder.toRealPath().resolve("configs"));
    plugins = Files.createDirectories(folder.toRealPath().resolve("plugins"));
    file = root.resolve("demo.yaml");
    base = root.resolve("base.yaml");
    Files.writeString(file, "_BASE_: base.yaml\na: 1\n");
    Files.writeString(base, "b: 1\n");
  }

  @AfterEach
  void stop() {
    subscription.dispose();
  }

  private void watch() {
    ConfigWatcher watcher =
        new ConfigWatcher(new ConfigLoader(root), file, plugins, () -> followed);
    subscription = watcher.changes(Duration.ofMillis(250), time).subscribe(changes::add);
  }

  private void look() {
    time.advanceTimeBy(Duration.ofMillis(250));
  }

  private List<ConfigChange> looked(int times) {
    changes.clear();
    for (int i = 0; i < times; i++) {
      look();
    }
    return List.copyOf(changes);
  }

  private static ConfigChange edited(Path... files) {
    return new ConfigChange.Edited(Set.of(files));
  }

  @Test
  void whatIsFollowedIsWatchedToo() throws IOException {
    Path weights = Files.writeString(root.resolve("weights"), "1");
    watch();
    Files.writeString(weights, "2");
    assertThat(looked(4)).isEmpty();
    followed = Map.of(weights, Sha256.of("2"));
    assertThat(looked(4)).isEmpty();
    Files.writeString(weights, "3");
    assertThat(looked(1)).isEmpty();
    Files.writeString(weights, "33");
    assertThat(looked(1)).isEmpty();
    assertThat(looked(1)).containsExactly(edited(weights));
    Files.delete(weights);
    assertThat(looked(4))
        .containsExactly(
            new ConfigChange.Unreadable(
                weights, "it is gone; what runs goes on until it is back."));
    Files.writeString(weights, "33");
    assertThat(looked(4)).containsExactly(edited(weights));
    followed = Map.of();
    assertThat(looked(4)).isEmpty();
    Files.writeString(weights, "5");
    assertThat(looked(4)).isEmpty();
  }

  @Test
  void whatIsFollowedMayHaveChangedSinceItWasRead() throws IOException {
    Path weights = Files.writeString(root.resolve("weights"), "2");
    watch();
    followed = Map.of(weights, Sha256.of("1"));
    assertThat(looked(4)).containsExactly(edited(weights));
    followed = Map.of(weights, Sha256.of("2"));
    assertThat(looked(4)).isEmpty();
    Files.writeString(weights, "3");
    assertThat(looked(4)).containsExactly(edited(weights));
    followed = Map.of(weights, Sha256.of("4")); // another one by the time that the change was read
    Files.writeString(weights, "4");
    assertThat(looked(4)).isEmpty();
  }

  @Test
  void anotherFileIsFollowedWithoutAWordOfEither() throws IOException {
    Path one = Files.writeString(root.resolve("one"), "1");
    Path two = Files.writeString(root.resolve("two"), "2");
    watch();
    followed = Map.of(one, Sha256.of("1"));
    looked(2);
    followed = Map.of(two, Sha256.of("2"));
    assertThat(looked(4)).isEmpty();
    Files.writeString(one, "another");
    assertThat(looked(4)).isEmpty();
    Files.writeString(two, "another");
    assertThat(looked(4)).containsExactly(edited(two));
  }

  @Test
  void anEditIsToldOnceAndOnlyWhenItRests() throws IOException {
    watch();
    assertThat(looked(4)).isEmpty();
    Files.writeString(file, "_BASE_: base.yaml\na: 2");
    assertThat(looked(1)).isEmpty();
    Files.writeString(file, "_BASE_: base.yaml\na: 22\n");
    assertThat(looked(1)).isEmpty();
    assertThat(looked(1)).containsExactly(edited(file));
    assertThat(looked(4)).isEmpty();
  }

  @Test
  void touchingWithoutChangeIsNotTold() throws IOException {
    watch();
    Files.writeString(file, Files.readString(file));
    assertThat(looked(4)).isEmpty();
  }

  @Test
  void aBaseIsWatchedAlsoOneThatAnEditNames() throws IOException {
    Path other = root.resolve("other.yaml");
    watch();
    Files.writeString(base, "b: 2\n");
    assertThat(looked(3)).containsExactly(edited(base));
    Files.writeString(file, "_BASE_: other.yaml\n");
    assertThat(looked(3)).hasSize(1).allMatch(c -> c instanceof ConfigChange.Edited);
    Files.writeString(other, "b: 3\n");
    assertThat(looked(3)).containsExactly(edited(other));
    Files.writeString(base, "b: 4\n");
    assertThat(looked(3)).isEmpty();
  }

  @Test
  void anEditorThatRenamesIsSeen() throws IOException {
    watch();
    Path beside = Files.writeString(root.resolve(".demo.swp"), "a: 3\n");
    Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(looked(3)).hasSize(1).allMatch(c -> c instanceof ConfigChange.Edited);
  }

  @Test
  void aVanishedFileIsToldAndItsReturnToo() throws IOException {
    watch();
    Files.delete(file);
    assertThat(looked(4))
        .containsExactly(
            new ConfigChange.Unreadable(file, "it is gone; what runs goes on until it is back."));
    Files.writeString(file, "_BASE_: base.yaml\na: 1\n");
    assertThat(looked(4)).hasSize(1).allMatch(c -> c instanceof ConfigChange.Edited);
    Files.delete(base);
    assertThat(looked(4))
        .containsExactly(
            new ConfigChange.Unreadable(base, "it is gone; what runs goes on until it is back."));
  }

  @Test
  void aBaseThatIsNoLongerNamedMayBeDeletedWithTheEdit() throws IOException {
    watch();
    Files.writeString(file, "a: 1\n");
    Files.delete(base);
    assertThat(looked(4)).containsExactly(edited(file, base));
  }

  @Test
  void aJarThatComesChangesOrGoesIsSeen() throws IOException {
    watch();
    Path jar = Files.writeString(plugins.resolve("toy.jar"), "one");
    Files.writeString(plugins.resolve("readme.txt"), "not a jar");
    assertThat(looked(3)).containsExactly(edited(jar));
    Files.writeString(jar, "two");
    assertThat(looked(3)).containsExactly(edited(jar));
    Files.delete(jar);
    assertThat(looked(3)).containsExactly(edited(jar));
  }

  @Test
  void aFlippedConfigMapIsSeen() throws IOException {
    Path mount = Files.createDirectories(root.resolve("mount"));
    Path one = Files.createDirectories(mount.resolve("..2026_01"));
    Path two = Files.createDirectories(mount.resolve("..2026_02"));
    Files.writeString(one.resolve("demo.yaml"), "a: 1\n");
    Files.writeString(two.resolve("demo.yaml"), "a: 2\n");
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_01"));
    file = Files.createSymbolicLink(mount.resolve("demo.yaml"), Path.of("..data/demo.yaml"));
    watch();
    Path flip = Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_02"));
    Files.move(flip, mount.resolve("..data"), StandardCopyOption.REPLACE_EXISTING);
    Files.delete(one.resolve("demo.yaml"));
    assertThat(looked(3)).containsExactly(edited(file));
  }

  @Test
  void itStartsBeforeTheFileIsThere() throws IOException {
    Files.delete(file);
    watch();
    assertThat(looked(3)).isEmpty();
    Files.writeString(file, "a: 1\n");
    assertThat(looked(3)).containsExactly(edited(file));
  }

  @Test
  void onARealClock() {
    ConfigWatcher watcher = new ConfigWatcher(new ConfigLoader(root), file, null, Map::of);
    StepVerifier.create(watcher.changes(Duration.ofMillis(20), Schedulers.boundedElastic()))
        .then(() -> write("a: 7\n"))
        .expectNextMatches(c -> c instanceof ConfigChange.Edited)
        .thenCancel()
        .verify(Duration.ofSeconds(30));
  }

  private void write(String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
