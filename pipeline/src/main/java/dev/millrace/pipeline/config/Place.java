package dev.millrace.pipeline.config;

/**
 * Where a key was written.
 *
 * @param source a file as its reader would name it, or what stands for one
 * @param line from 1; 0 where there are no lines
 * @param column from 1
 */
record Place(String source, int line, int column) {

  /** A whole source. */
  Place(String source) {
    this(source, 0, 0);
  }

  /** {@code configs/demo.yaml:12:5 model.classes}, as messages begin. */
  String with(String path) {
    return path.isEmpty() ? toString() : this + " " + path;
  }

  @Override
  public String toString() {
    return line == 0 ? source : source + ":" + line + ":" + column;
  }
}
