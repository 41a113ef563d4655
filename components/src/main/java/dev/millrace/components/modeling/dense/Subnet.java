package dev.millrace.components.modeling.dense;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import dev.millrace.components.modeling.Component;
import dev.millrace.components.modeling.Forward;
import dev.millrace.components.modeling.Initial;
import dev.millrace.components.modeling.Layers;
import dev.millrace.components.modeling.Norm;
import java.util.ArrayList;
import java.util.List;

/**
 * 3x3 convolutions with ReLU, numbered as in torch's {@code Sequential}: convolution, normalisation
 * if there is one, ReLU.
 */
final class Subnet extends Component {

  private final List<List<Block>> layers = new ArrayList<>();

  Subnet(List<Integer> convDims, Norm norm, Initial initial) {
    int number = 0;
    for (int channels : convDims) {
      List<Block> layer = new ArrayList<>();
      layer.add(add(Integer.toString(number++), Layers.conv(channels, 3), initial));
      Block normalising = norm.layer();
      if (normalising != null) {
        layer.add(add(Integer.toString(number++), normalising));
      }
      number++;
      layers.add(layer);
    }
  }

  NDArray forward(Forward f, NDArray feature) {
    NDArray x = feature;
    for (List<Block> layer : layers) {
      for (Block block : layer) {
        x = f.apply(block, x);
      }
      x = Activation.relu(x);
    }
    return x;
  }
}
