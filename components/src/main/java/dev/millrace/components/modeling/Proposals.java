package dev.millrace.components.modeling;

import ai.djl.ndarray.NDArray;

/**
 * Where objects may be, dense: every image has the same number of rows.
 *
 * @param boxes (N, R, 4) float32 in pixels of the network's input, clipped to the image, best first
 * @param logits (N, R) float32; minus infinity marks a row that is no proposal
 */
public record Proposals(NDArray boxes, NDArray logits) {

  void writeTo(Values values) {
    values.put("proposals.boxes", boxes);
    values.put("proposals.logits", logits);
  }

  static Proposals of(Values values) {
    return new Proposals(values.get("proposals.boxes"), values.get("proposals.logits"));
  }
}
