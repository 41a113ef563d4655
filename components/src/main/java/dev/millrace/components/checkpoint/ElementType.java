package dev.millrace.components.checkpoint;

/** What one element of a tensor is, and how many bytes it takes. */
public enum ElementType {
  FLOAT32(4, true),
  FLOAT64(8, true),
  FLOAT16(2, true),
  BFLOAT16(2, true),
  INT64(8, false),
  INT32(4, false),
  INT16(2, false),
  INT8(1, false),
  UINT8(1, false),
  BOOL(1, false);

  private final int bytes;
  private final boolean floating;

  ElementType(int bytes, boolean floating) {
    this.bytes = bytes;
    this.floating = floating;
  }

  /** Bytes for each element. */
  public int bytes() {
    return bytes;
  }

  /** Whether its values may have a fraction. */
  public boolean floating() {
    return floating;
  }
}
