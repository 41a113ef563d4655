package dev.millrace.connectors.video;

import dev.millrace.connectors.ConnectorException;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The JPEG and PNG files of a folder, by name. */
final class FolderSource implements PictureSource {
  private final NativeCount natives;
  private final List<Path> files;
  private final VideoInfo info;
  private int next;
  private @Nullable StreamSource open;

  FolderSource(Path folder, NativeCount natives) {
    this.natives = natives;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(FolderSource::isPicture).sorted().toList();
    } catch (IOException e) {
      throw new ConnectorException(
          folder.toString(), "this folder cannot be read.", "Check its permissions.", e);
    }
    if (files.isEmpty()) {
      throw new ConnectorException(
          folder.toString(),
          "this folder holds no .jpg, .jpeg or .png file.",
          "Name a folder of pictures, or a video.");
    }
    try (StreamSource first = stream(files.get(0))) {
      info =
          new VideoInfo(
              first.info().width(), first.info().height(), 1, OptionalLong.of(files.size()), false);
    }
  }

  private static boolean isPicture(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png"))
        && Files.isRegularFile(file);
  }

  private StreamSource stream(Path file) {
    return new StreamSource(new VideoAddress(file.toString()), natives);
  }

  @Override
  public VideoInfo info() {
    return info;
  }

  @Override
  public @Nullable Decoded next(boolean passEncoded) {
    close();
    if (next == files.size()) {
      return null;
    }
    Path file = files.get(next++);
    if (passEncoded) {
      // A plain stream: a channel would be closed by the interrupt that comes with a cancel.
      try (FileInputStream in = new FileInputStream(file.toFile())) {
        return new Decoded.Ready(in.readAllBytes());
      } catch (IOException e) {
        throw new ConnectorException(
            file.toString(), "this picture cannot be read.", "Check its permissions.", e);
      }
    }
    open = stream(file);
    Decoded pixels = open.next(false);
    if (pixels == null) {
      throw new ConnectorException(
          file.toString(), "this picture cannot be decoded.", "Remove or repair it.");
    }
    return pixels;
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
