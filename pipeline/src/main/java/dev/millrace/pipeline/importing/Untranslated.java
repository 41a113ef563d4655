package dev.millrace.pipeline.importing;

import dev.millrace.pipeline.config.Texts;

/**
 * A key of the other library that has no counterpart here.
 *
 * @param key dotted
 * @param value as it would be written in a line
 * @param essential whether the model finds something else without it; else it only trains otherwise
 * @param reason what it asks for, and that this is not to be had: a sentence without a full stop
 */
public record Untranslated(String key, String value, boolean essential, String reason) {

  public Untranslated {
    key = Texts.shown(key); // a stranger's, as all of the file
  }

  @Override
  public String toString() {
    return key + " " + value + ": " + reason + ".";
  }
}
