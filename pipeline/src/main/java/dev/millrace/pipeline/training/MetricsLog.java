package dev.millrace.pipeline.training;

import dev.millrace.components.ConfigException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What was measured while training, one JSON object a line, as Detectron2's {@code metrics.json}:
 *
 * <pre>{@code
 * {"iteration":1999,"total_loss":0.4127,"loss_cls":0.1203,"lr":0.02,"time":0.31,"eta_seconds":5580}
 * }</pre>
 *
 * Every line is in the file when {@link #write} returns, so that {@code tail -f} shows it and a
 * killed process loses at most the one it was writing. For one thread.
 */
public final class MetricsLog implements AutoCloseable {

  /** Detectron2's name for the number of the step, from 0; in every line. */
  public static final String ITERATION = "iteration";

  private static final MathContext DIGITS = new MathContext(6);
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();
  private static final TypeReference<Map<String, Object>> LINE = new TypeReference<>() {};

  private final Path file;
  private final FileChannel channel;

  private MetricsLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Goes on with a log, or begins one; its folder must be there.
   *
   * @param keepUpTo the last iteration of the checkpoint that is resumed from: later lines, and a
   *     last line that a killed process left torn, are dropped; -1 begins anew
   * @throws ConfigException if an earlier line is no JSON object with an iteration, or the file
   *     cannot be written
   */
  public static MetricsLog open(Path file, int keepUpTo) {
    try {
      StringBuilder kept = new StringBuilder();
      if (Files.exists(file)) {
        for (Parsed line : parse(file)) {
          if (line.iteration() <= keepUpTo) {
            kept.append(line.text()).append('\n');
          }
        }
      }
      ReplacedFile.write(file, out -> out.write(kept.toString().getBytes(StandardCharsets.UTF_8)));
      return new MetricsLog(file, FileChannel.open(file, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw unusable(file, "written", e);
    }
  }

  /**
   * Appends a line. Numbers with a fraction are rounded to six digits; NaN and infinity, which JSON
   * lacks, become text.
   *
   * @param line in the order of its keys; one is {@link #ITERATION}
   * @throws ConfigException if the file cannot be written
   */
  public void write(Map<String, ?> line) {
    if (!(line.get(ITERATION) instanceof Integer)) {
      throw new IllegalArgumentException("a line without an " + ITERATION + ": " + line);
    }
    Map<String, Object> values = new LinkedHashMap<>();
    line.forEach((key, value) -> values.put(key, rounded(value)));
    byte[] json = (MAPPER.writeValueAsString(values) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      for (ByteBuffer rest = ByteBuffer.wrap(json); rest.hasRemaining(); ) {
        channel.write(rest);
      }
    } catch (IOException e) {
      throw unusable(file, "written", e);
    }
  }

  private static Object rounded(Object value) {
    if (value instanceof Float || value instanceof Double) {
      double number = ((Number) value).doubleValue();
      return Double.isFinite(number)
          ? new BigDecimal(number).round(DIGITS).stripTrailingZeros()
          : value.toString();
    }
    return value;
  }

  /**
   * All lines in order, without a torn last one; while another process writes it, too.
   *
   * @throws ConfigException if there is no such file, or an earlier line is no JSON object with an
   *     iteration
   */
  public static List<Map<String, Object>> read(Path file) {
    try {
      return parse(file).stream().map(Parsed::values).toList();
    } catch (IOException e) {
      throw unusable(file, "read", e);
    }
  }

  private record Parsed(int iteration, String text, Map<String, Object> values) {}

  private static List<Parsed> parse(Path file) throws IOException {
    // Decoded leniently: the tear may be inside a character.
    List<String> lines =
        new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
    List<Parsed> parsed = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String why;
      try {
        Map<String, Object> values = MAPPER.readValue(lines.get(i), LINE);
        if (values != null && values.get(ITERATION) instanceof Integer iteration) {
          parsed.add(new Parsed(iteration, lines.get(i), values));
          continue;
        }
        why = "there is no " + ITERATION + " in it";
      } catch (JacksonException e) {
        why = e.getOriginalMessage();
      }
      if (i < lines.size() - 1) {
        throw new ConfigException(
            file + ":" + (i + 1),
            "expected a JSON object with an " + ITERATION + ": " + why + ".",
            "Remove the line, or the file if nobody needs it.");
      }
    }
    return parsed;
  }

  private static ConfigException unusable(Path file, String what, IOException e) {
    return new ConfigException(
        file.toString(),
        "cannot be " + what + ": " + e,
        "Check that the folder is there and what it allows, and the space on its disk.");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw unusable(file, "written", e);
    }
  }
}
