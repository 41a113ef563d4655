/**
 * Networks and parts of networks that come as graphs in files: ONNX, which becomes part of the same
 * segment as the blocks around it, and TorchScript, which PyTorch runs by itself.
 */
@NullMarked
package dev.millrace.components.modeling.graph;

import org.jspecify.annotations.NullMarked;
