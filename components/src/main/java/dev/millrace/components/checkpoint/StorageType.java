package dev.millrace.components.checkpoint;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the elements of one of PyTorch's storages are. */
record StorageType(ElementType element, boolean quantised) {

  private static final Map<String, StorageType> BY_NAME =
      Map.ofEntries(
          plain("FloatStorage", ElementType.FLOAT32),
          plain("DoubleStorage", ElementType.FLOAT64),
          plain("HalfStorage", ElementType.FLOAT16),
          plain("BFloat16Storage", ElementType.BFLOAT16),
          plain("LongStorage", ElementType.INT64),
          plain("IntStorage", ElementType.INT32),
          plain("ShortStorage", ElementType.INT16),
          plain("CharStorage", ElementType.INT8),
          plain("ByteStorage", ElementType.UINT8),
          plain("BoolStorage", ElementType.BOOL),
          Map.entry("QInt8Storage", new StorageType(ElementType.INT8, true)),
          Map.entry("QUInt8Storage", new StorageType(ElementType.UINT8, true)),
          Map.entry("QInt32Storage", new StorageType(ElementType.INT32, true)));

  private static Map.Entry<String, StorageType> plain(String name, ElementType element) {
    return Map.entry(name, new StorageType(element, false));
  }

  /** The type of {@code torch.NAME}, or null if there is none. */
  static @Nullable StorageType of(String name) {
    return BY_NAME.get(name);
  }
}
