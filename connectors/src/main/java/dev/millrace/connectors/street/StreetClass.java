package dev.millrace.connectors.street;

import java.util.Arrays;
import java.util.List;

/**
 * What there is to find in a street, in the order of class indices. Names and ids are COCO's; a
 * cyclist is one object, a bicycle, its rider being part of it.
 */
public enum StreetClass {
  PERSON("person", 1),
  BICYCLE("bicycle", 2),
  CAR("car", 3),
  BUS("bus", 6),
  TRUCK("truck", 8);

  private final String label;
  private final int cocoId;

  StreetClass(String label, int cocoId) {
    this.label = label;
    this.cocoId = cocoId;
  }

  public String label() {
    return label;
  }

  /** COCO's category id. */
  public int cocoId() {
    return cocoId;
  }

  /** All labels, in order. */
  public static List<String> labels() {
    return Arrays.stream(values()).map(StreetClass::label).toList();
  }
}
