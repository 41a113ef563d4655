package dev.millrace.components.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.millrace.components.ConfigException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightsStoreTest {

  private static final byte[] BODY = "trained".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
  private static final String URL = WeightsServer.HOST + "/net.pt";
  private static final String ZOO = "https://dl.fbaipublicfiles.com/";
  private static final String OTHER = "0".repeat(64);

  @TempDir Path temp;
  private Path root;
  private Path shelf;
  private Path cache;
  private String hash;
  private WeightsServer server;
  private WeightsStore store;
  private final List<Long> progress = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    root = Files.createDirectories(temp.resolve("configs"));
    Files.createDirectories(root.resolve("coco"));
    shelf = Files.createDirectories(temp.resolve("shelf"));
    cache = temp.resolve("cache");
    hash = Sha256.of(Files.write(temp.resolve("body"), BODY));
    server = new WeightsServer(Duration.ofSeconds(10));
    store = new WeightsStore(List.of(temp.resolve("no-such"), shelf), cache, server);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static WeightsConfig config(
      @Nullable String file, @Nullable String url, @Nullable String sha256) {
    return new WeightsConfig(file, url, sha256, null, null, null, null);
  }

  private Optional<WeightsStore.Found> find(WeightsConfig config) {
    return store.find(
        config,
        "model.weights",
        root.resolve("coco"),
        root,
        (file, bytes, total) -> progress.add(bytes));
  }

  private void refused(WeightsConfig config, String... words) throws IOException {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> find(config))
        .satisfies(e -> assertThat(e.getMessage()).startsWith("model.weights").contains(words));
    if (Files.exists(cache)) {
      try (var files = Files.walk(cache)) {
        assertThat(files.filter(Files::isRegularFile)).isEmpty();
      }
    }
  }

  @Test
  void nothingNamedNothingFound() {
    assertThat(find(config(null, null, null))).isEmpty();
  }

  @Test
  void besideTheConfigurationThenOnTheShelves() throws IOException {
    Path onShelf = Files.write(shelf.resolve("net.pt"), BODY);
    assertThat(find(config("net.pt", null, null))).contains(new WeightsStore.Found(onShelf, hash));
    Path beside = Files.write(root.resolve("coco/net.pt"), BODY);
    assertThat(find(config("net.pt", URL, hash.toUpperCase())))
        .contains(new WeightsStore.Found(beside, hash));
    Path above = Files.write(root.resolve("up.pt"), BODY);
    assertThat(find(config("../up.pt", null, hash))).contains(new WeightsStore.Found(above, hash));
    assertThat(server.asked).isEmpty();
  }

  @Test
  void anAddressAloneIsLookedForByItsFileName() throws IOException {
    Path onShelf = Files.write(shelf.resolve("net.pt"), BODY);
    assertThat(find(config(null, URL, hash))).contains(new WeightsStore.Found(onShelf, hash));
  }

  @Test
  void anotherFileIsRefusedWithBothHashes() throws IOException {
    Files.write(shelf.resolve("net.pt"), BODY);
    refused(config("net.pt", URL, OTHER), "model.weights.sha256", hash, OTHER, "replace it");
  }

  @Test
  void fetchedOnceThenFromTheCache() throws IOException {
    server.serve("/net.pt", BODY);
    Path cached = cache.resolve(hash).resolve("net.pt");
    assertThat(find(config(null, URL, hash))).contains(new WeightsStore.Found(cached, hash));
    assertThat(cached).hasBinaryContent(BODY);
    assertThat(progress).startsWith(0L).endsWith((long) BODY.length).isSorted();
    assertThat(find(config(null, URL, hash))).contains(new WeightsStore.Found(cached, hash));
    assertThat(server.asked).hasSize(1);
    try (var files = Files.list(cached.getParent())) {
      assertThat(files).containsExactly(cached);
    }
  }

  @Test
  void aDamagedCacheIsFetchedAgain() throws IOException {
    server.serve("/net.pt", BODY);
    Path cached = Files.createDirectories(cache.resolve(hash)).resolve("net.pt");
    Files.write(cached, new byte[3]);
    find(config(null, URL, hash));
    assertThat(cached).hasBinaryContent(BODY);
  }

  @Test
  void whatIsSentMustHaveTheHash() throws IOException {
    server.serve("/net.pt", BODY);
    refused(config(null, URL, OTHER), "what it sent has sha256 " + hash + ", expected " + OTHER);
  }

  @Test
  void theStartOfAHashInAnAddressIsEnough() throws IOException {
    for (String algorithm : List.of("MD5", "SHA-256")) {
      String digest = digest(algorithm);
      String name =
          algorithm.equals("MD5")
              ? "model_final_" + digest.substring(0, 6) + ".pkl"
              : "resnet18-" + digest.substring(0, 8) + ".pth";
      server.serve("/zoo/" + name, BODY);
      String host =
          algorithm.equals("MD5")
              ? "https://dl.fbaipublicfiles.com"
              : "https://download.pytorch.org";
      WeightsConfig zoo = config(null, host + "/zoo/" + name, null);
      int asked = server.asked.size();
      WeightsStore.Found found = find(zoo).orElseThrow();
      assertThat(found.sha256()).isEqualTo(hash);
      assertThat(found.file()).hasBinaryContent(BODY).hasFileName(name);
      assertThat(find(zoo)).contains(found);
      assertThat(server.asked).hasSize(asked + 1);
      Files.write(found.file(), new byte[3]);
      assertThat(find(zoo)).contains(found);
      assertThat(server.asked).hasSize(asked + 2);
      Files.delete(found.file());
    }
  }

  @Test
  void anotherHashThanTheAddressSaysIsRefused() throws IOException {
    String name = "model_final_000000.pkl";
    server.serve("/" + name, BODY);
    refused(
        config(null, ZOO + name, null),
        "what it sent has MD5 " + digest("MD5"),
        "expected one that begins with 000000, as its name says");
    Files.write(shelf.resolve(name), BODY);
    refused(config(name, ZOO + name, null), "model.weights.url", "has MD5 " + digest("MD5"));
    // Without an address a name is only a name, and with a whole hash its start does not count.
    assertThat(find(config(name, null, null))).isPresent();
    assertThat(find(config(name, ZOO + name, hash))).isPresent();
    // Who else may write names is not known.
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(null, WeightsServer.HOST + "/" + name, null))
        .withMessageContaining("a url needs the sha256");
  }

  private static String digest(String algorithm) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(BODY));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void redirectsStayOnHttps() throws IOException {
    server.serve("/real.pt", BODY).redirect("/net.pt", "/real.pt");
    assertThat(find(config(null, URL, hash))).isPresent();
    assertThat(server.asked).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://weights.example/real.pt",
        "file:///etc/passwd",
        "https://user:secret@weights.example/x",
        "ht tp:"
      })
  void redirectsElsewhereAreNotFollowed(String location) throws IOException {
    server.redirect("/net.pt", location);
    refused(config(null, URL, hash), "it leads to");
    assertThat(server.asked).hasSize(1);
  }

  @Test
  void redirectsComeToAnEnd() throws IOException {
    server.redirect("/net.pt", "/net.pt");
    refused(config(null, URL, hash), "more than 5 redirects");
  }

  @Test
  void whatCannotBeReachedIsToldWithWhatToDo() throws IOException {
    refused(
        config("net.pt", "https://nowhere.example/net.pt", hash),
        "net.pt is not here and could not be fetched from https://nowhere.example/net.pt",
        "the host name is not known here",
        "Looked for: " + root.resolve("coco/net.pt"),
        shelf.resolve("net.pt").toString(),
        "Put the file net.pt with sha256 " + hash + " into a folder and set MILLRACE_WEIGHTS");
    refused(config(null, WeightsServer.HOST + "/gone.pt", hash), "it answers with status 404");
    refused(
        config("net.pt", null, hash),
        "model.weights.file: 'net.pt' was not found",
        "set MILLRACE_WEIGHTS");
  }

  @Test
  void brokenAndSilentServersAreGivenUp() throws IOException {
    server.stall("/net.pt", 1_000_000, BODY, true);
    refused(config(null, URL, hash), "could not be fetched");
    HttpFetcher impatient = new HttpFetcher(Duration.ofMillis(300));
    try (WeightsServer silent = new WeightsServer(Duration.ofMillis(300))) {
      silent.stall("/net.pt", 1_000_000, BODY, false);
      store = new WeightsStore(List.of(), cache, silent);
      refused(config(null, URL, hash), "no byte came for");
    }
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> impatient.open(java.net.URI.create("http://127.0.0.1:1/net.pt")))
        .withMessage("no connection to the host");
  }

  @Test
  void aFileThatIsTooLargeIsGivenUp() throws IOException {
    server.serve("/net.pt", BODY);
    Download download = new Download(server, DownloadProgress.SILENT, 1000);
    Path target = cache.resolve("net.pt");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(
            () -> download.fetch(java.net.URI.create(URL), new ExpectedHash(hash, null), target))
        .withMessageContaining("more than 1000 bytes");
    assertThat(cache).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../secret", "/etc/passwd", "", "sub/../../../x", "bad\0name"})
  void pathsStayInTheConfigurationRoot(String file) throws IOException {
    refused(config(file, null, null), "model.weights.file");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://weights.example/net.pt",
        "file:///net.pt",
        "https:///net.pt",
        "https://me:secret@weights.example/net.pt",
        "net.pt",
        "https://weights.example/a b"
      })
  void onlyHttpsAddresses(String url) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> find(config("net.pt", url, hash)))
        .satisfies(e -> assertThat(e.getMessage()).startsWith("url").doesNotContain("secret"));
    assertThat(server.asked).isEmpty();
  }

  @Test
  void anAddressNeedsAHashAndAHashIsHex() {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config("net.pt", URL, null))
        .withMessageContaining("needs the sha256");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config(null, WeightsServer.HOST + "/model_final.pkl", null))
        .withMessageContaining("needs the sha256");
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> config("net.pt", null, "abc"))
        .withMessageContaining("expected 64 hex digits, found 'abc'");
  }

  @Test
  void theEnvironmentNamesFoldersAndCache() throws IOException {
    Path other = Files.createDirectories(temp.resolve("other"));
    Path file = Files.write(other.resolve("net.pt"), BODY);
    store =
        WeightsStore.ofEnvironment(Map.of("MILLRACE_WEIGHTS", shelf + File.pathSeparator + other));
    assertThat(find(config("net.pt", null, null))).contains(new WeightsStore.Found(file, hash));
    Path cached = temp.resolve("own/weights").resolve(hash).resolve("far.pt");
    Files.createDirectories(cached.getParent());
    Files.write(cached, BODY);
    store = WeightsStore.ofEnvironment(Map.of("MILLRACE_CACHE", temp.resolve("own").toString()));
    assertThat(find(config("far.pt", URL, hash))).contains(new WeightsStore.Found(cached, hash));
  }

  @Test
  void onlyTheEnvironmentLetsFilesRunTheirCode() {
    assertThat(WeightsStore.ofEnvironment(Map.of()).trustsCode()).isFalse();
    assertThat(WeightsStore.ofEnvironment(Map.of("MILLRACE_TRUST_CODE", "1")).trustsCode())
        .isFalse();
    assertThat(WeightsStore.ofEnvironment(Map.of("MILLRACE_TRUST_CODE", "true")).trustsCode())
        .isTrue();
  }
}
