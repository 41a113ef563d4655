package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Optional;

/** One file over https into a folder: all of it with the right hash, or nothing. */
record Download(Fetcher fetcher, DownloadProgress progress, long mostBytes) {

  private static final int MOST_REDIRECTS = 5;

  /**
   * @param target where it shall be; its folder is made
   * @return its SHA-256
   * @throws IOException if it cannot be had, in words for a person; nothing is left behind
   */
  String fetch(URI address, ExpectedHash expected, Path target) throws IOException {
    Path folder = Files.createDirectories(target.toAbsolutePath().getParent());
    Path part = Files.createTempFile(folder, ".download-", ".part");
    try {
      String found = copy(address, part, target.getFileName().toString());
      Optional<String> objection = expected.objection(part, found);
      if (objection.isPresent()) {
        throw new IOException("what it sent " + objection.get());
      }
      try {
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      }
      return found;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** The hash of what was copied. */
  private String copy(URI address, Path part, String name) throws IOException {
    MessageDigest digest = Sha256.digest();
    try (Fetcher.Answer answer = open(address);
        OutputStream out = Files.newOutputStream(part)) {
      checkSize(answer.length());
      byte[] buffer = new byte[1 << 16];
      long bytes = 0;
      progress.at(name, 0, answer.length());
      for (int n = answer.body().read(buffer); n >= 0; n = answer.body().read(buffer)) {
        bytes += n;
        checkSize(bytes);
        digest.update(buffer, 0, n);
        out.write(buffer, 0, n);
        progress.at(name, bytes, answer.length());
      }
      if (answer.length() >= 0 && bytes != answer.length()) {
        throw new IOException("it sent " + bytes + " of " + answer.length() + " bytes");
      }
    }
    return Sha256.hex(digest);
  }

  private void checkSize(long bytes) throws IOException {
    if (bytes > mostBytes) {
      throw new IOException("it sends more than " + mostBytes + " bytes, the most that is taken");
    }
  }

  private Fetcher.Answer open(URI first) throws IOException {
    URI address = first;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      if (!isHttps(address)) {
        throw new IOException("it leads to " + address + ", and only https is followed");
      }
      Fetcher.Answer answer = fetcher.open(address);
      int status = answer.status();
      String location = answer.location();
      if (status == 200) {
        return answer;
      }
      answer.close();
      if (status < 300 || status > 399 || location == null) {
        throw new IOException("it answers with status " + status);
      }
      try {
        address = address.resolve(location);
      } catch (IllegalArgumentException e) {
        throw new IOException("it leads to an address that is none", e);
      }
    }
    throw new IOException("more than " + MOST_REDIRECTS + " redirects");
  }

  /** Whether it is an absolute https address with a host and without credentials. */
  static boolean isHttps(String url) {
    try {
      return isHttps(new URI(url));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  static boolean isHttps(URI address) {
    return "https".equalsIgnoreCase(address.getScheme())
        && address.getHost() != null
        && address.getRawUserInfo() == null;
  }
}
