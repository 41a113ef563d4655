package dev.millrace.components.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The start of a file's hash that its publisher wrote into its name. Detectron2's model zoo ends
 * names with six digits of the MD5 ({@code model_final_280758.pkl}), torch.hub with eight or more
 * of the SHA-256 ({@code resnet18-f37072fd.pth}). So few digits tell a damaged or another file, not
 * one that was forged: they count for these publishers' own addresses only.
 *
 * @param algorithm as {@code java.security} names it
 * @param prefix hex digits, lower case
 */
record HashInName(String algorithm, String prefix) {

  private static final Pattern ZOO =
      Pattern.compile(
          "https://dl\\.fbaipublicfiles\\.com/.*_([0-9a-f]{6})\\.(pkl|pth)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern HUB =
      Pattern.compile(
          "https://download\\.pytorch\\.org/.*-([0-9a-f]{8,64})\\.(pth|pt|pkl)",
          Pattern.CASE_INSENSITIVE);

  /**
   * @param address where a file is fetched from
   */
  static Optional<HashInName> of(String address) {
    Matcher zoo = ZOO.matcher(address);
    if (zoo.matches()) {
      return Optional.of(new HashInName("MD5", zoo.group(1).toLowerCase(Locale.ROOT)));
    }
    Matcher hub = HUB.matcher(address);
    return hub.matches()
        ? Optional.of(new HashInName("SHA-256", hub.group(1).toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }

  /** What is wrong with a file, or empty if its hash begins so. */
  Optional<String> objection(Path file) throws IOException {
    String found = Sha256.of(file, digest());
    return found.startsWith(prefix)
        ? Optional.empty()
        : Optional.of(
            "has "
                + algorithm
                + " "
                + found
                + ", expected one that begins with "
                + prefix
                + ", as its name says");
  }

  private MessageDigest digest() {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
