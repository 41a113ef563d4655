package dev.millrace.pipeline.dataset;

import dev.millrace.components.ConfigException;
import dev.millrace.components.modeling.ModelConfig.ObjectClass;
import dev.millrace.connectors.ConnectorException;
import dev.millrace.connectors.street.StreetAddress;
import dev.millrace.connectors.street.StreetDataset;
import dev.millrace.connectors.street.StreetSplit;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds datasets by their address. Any thread. */
public final class Datasets {

  private static final String STREET = "street://";
  private static final int MOST_IMAGES = 10_000_000;

  private final List<Path> folders;

  /**
   * @param folders that names are looked for in
   */
  public Datasets(List<Path> folders) {
    this.folders = List.copyOf(folders);
  }

  /** With the folders of {@code MILLRACE_DATASETS}, separated as in {@code PATH}. */
  public static Datasets ofEnvironment(Map<String, String> environment) {
    String all = environment.getOrDefault("MILLRACE_DATASETS", "");
    return new Datasets(
        Arrays.stream(all.split(File.pathSeparator, -1))
            .filter(folder -> !folder.isBlank())
            .map(folder -> Path.of(folder.strip()))
            .toList());
  }

  /**
   * @param address {@code street://?split=test&images=500}, a folder's path, or its name in one of
   *     the folders
   * @param splits as the folder calls them; none where it has but one
   * @param classes of the model
   * @throws ConfigException if there is no such dataset, or nothing that the model knows in it
   */
  public Dataset open(String address, List<String> splits, List<ObjectClass> classes) {
    Dataset found =
        address.startsWith(STREET) ? street(address, splits) : folder(address, splits, classes);
    Set<Long> ids = classes.stream().map(each -> (long) each.id()).collect(Collectors.toSet());
    if (found.categories().stream().noneMatch(category -> ids.contains(category.id()))) {
      throw new ConfigException(
          address,
          "none of its categories ("
              + brief(found.categories().stream().map(each -> each.id() + " " + each.name()))
              + ") is a class of the model ("
              + brief(classes.stream().map(each -> each.id() + " " + each.name()))
              + ").",
          "Give model.classes the dataset's ids.");
    }
    return found;
  }

  private static String brief(Stream<String> all) {
    List<String> some = all.limit(11).toList();
    return String.join(", ", some.subList(0, Math.min(10, some.size())))
        + (some.size() > 10 ? " and more" : "");
  }

  private Dataset folder(String address, List<String> splits, List<ObjectClass> classes) {
    Set<Path> places = new LinkedHashSet<>();
    try {
      places.add(Path.of(address));
      folders.forEach(folder -> places.add(folder.resolve(address)));
    } catch (InvalidPathException e) {
      throw new ConfigException(address, "this is no path.", "Name a dataset's folder.");
    }
    for (Path place : places) {
      if (Files.isDirectory(place)) {
        return VocFolder.is(place)
            ? new VocFolder(place, splits, classes).open()
            : coco(place, splits);
      }
    }
    throw new ConfigException(
        address,
        "there is no such folder. Looked for: "
            + places.stream().map(Path::toString).collect(Collectors.joining(", "))
            + ".",
        "Name a folder in COCO's form (instances.json, images) or VOC's (Annotations, JPEGImages,"
            + " ImageSets), or set MILLRACE_DATASETS to the folder that it is in.");
  }

  private static Dataset coco(Path folder, List<String> splits) {
    if (splits.isEmpty()) {
      return new FolderDataset(
          folder.toString(),
          CocoDataset.read(folder.resolve("instances.json")),
          folder.resolve("images"));
    }
    if (splits.size() > 1) {
      throw new ConfigException(
          folder.toString(),
          "a COCO folder is read one split at a time, found " + splits + ".",
          null);
    }
    String split = splits.get(0);
    if (!split.matches("[0-9A-Za-z_-]+")) {
      throw new ConfigException(folder.toString(), "there is no split '" + split + "'.", null);
    }
    Path own = folder.resolve(split);
    return new FolderDataset(
        folder + " (" + split + ")",
        CocoDataset.read(folder.resolve("annotations").resolve("instances_" + split + ".json")),
        Files.isDirectory(own) ? own : folder.resolve("images"));
  }

  /** The keys of {@code street://} videos, without those of time, and split, images, moments. */
  private static Dataset street(String address, List<String> splits) {
    if (!splits.isEmpty()) {
      throw new ConfigException(
          address, "a street's split is part of its address.", "Write street://?split=train.");
    }
    Map<String, String> own =
        new LinkedHashMap<>(Map.of("split", "test", "images", "500", "moments", "1"));
    Set<String> seen = new HashSet<>();
    List<String> rest = new ArrayList<>();
    String keys = address.substring(STREET.length());
    if (!keys.isEmpty() && !keys.startsWith("?")) {
      throw new ConfigException(
          address,
          "expected a question mark and keys after street://.",
          "Write street://?split=train.");
    }
    for (String pair : keys.replaceFirst("[?]", "").split("&", -1)) {
      String key = pair.substring(0, Math.max(0, pair.indexOf('=')));
      if (own.containsKey(key)) {
        if (!seen.add(key)) {
          throw new ConfigException(address, "'" + key + "' is there twice.", "Leave one out.");
        }
        own.put(key, pair.substring(key.length() + 1));
      } else if (key.equals("fps") || key.equals("seconds")) {
        throw new ConfigException(address, key + ": pictures have no time.", "Leave it out.");
      } else if (!pair.isEmpty()) {
        rest.add(pair);
      }
    }
    try {
      StreetAddress street =
          StreetAddress.parse(STREET + (rest.isEmpty() ? "" : "?" + String.join("&", rest)));
      return new StreetPictures(
          address,
          new StreetDataset(
              split(address, own.getOrDefault("split", "")),
              street.seed(),
              street.options(),
              count(address, "moments", own, 1000)),
          count(address, "images", own, MOST_IMAGES));
    } catch (ConnectorException e) {
      throw new ConfigException(
          address,
          String.valueOf(e.getMessage()),
          "A dataset of streets also knows split, images and moments.");
    }
  }

  private static StreetSplit split(String address, String name) {
    return Arrays.stream(StreetSplit.values())
        .filter(split -> split.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    address,
                    "split: expected train, validation, test or live, found '" + name + "'.",
                    null));
  }

  private static int count(String address, String key, Map<String, String> own, int most) {
    String text = own.getOrDefault(key, "");
    if (text.matches("[0-9]{1,9}")) {
      int count = Integer.parseInt(text);
      if (count >= 1 && count <= most) {
        return count;
      }
    }
    throw new ConfigException(
        address, key + ": expected 1 to " + most + ", found '" + text + "'.", null);
  }
}
