package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a run writes, in a folder of its own.
 *
 * @param path the folder
 */
public record TrainingFolder(Path path) {

  /** The newest weights, which serving reads; replaced as a whole. */
  public Path weights() {
    return path.resolve("model.safetensors");
  }

  /** What the run goes on from: weights, momentum and the step; replaced as a whole. */
  public Path state() {
    return path.resolve("training_state.safetensors");
  }

  /** A line of JSON for every twentieth step, every saved state and every measurement. */
  public Path metrics() {
    return path.resolve("metrics.jsonl");
  }

  /** Losses and AP as a picture. */
  public Path plot() {
    return path.resolve("plot.png");
  }

  /**
   * Makes the folder, and clears away what a killed run left half written.
   *
   * @param resume whether to go on with a run that is there
   * @return whether there is a state to go on from
   * @throws ConfigException if there is one and nobody asked to go on, or no folder can be made
   */
  boolean open(boolean resume) {
    boolean there = Files.exists(state());
    if (there && !resume) {
      throw new ConfigException(
          path.toString(),
          "there is a run in this folder already.",
          "Go on with it by --resume, or name another folder by --output.");
    }
    try {
      Files.createDirectories(path);
      try (DirectoryStream<Path> torn =
          Files.newDirectoryStream(path, ".{model,training_state}.safetensors.*.part")) {
        for (Path file : torn) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new ConfigException(
          path.toString(),
          "this folder cannot be made: " + e.getMessage() + ".",
          "Name another one by --output.");
    }
    return there;
  }
}
