package dev.millrace.pipeline.dataset;

import java.util.List;

/**
 * Some pictures of a dataset.
 *
 * @param indices of them, among the dataset's
 */
record ChosenPictures(Dataset whole, List<Integer> indices) implements Dataset {

  ChosenPictures {
    indices = List.copyOf(indices);
  }

  @Override
  public String name() {
    return indices.size() + " of " + whole.name();
  }

  @Override
  public List<Category> categories() {
    return whole.categories();
  }

  @Override
  public List<Image> images() {
    return indices.stream().map(whole.images()::get).toList();
  }

  @Override
  public LabelledFrame load(int index) {
    return whole.load(indices.get(index));
  }

  @Override
  public List<TrueBox> boxes(int index) {
    return whole.boxes(indices.get(index));
  }

  @Override
  public boolean boxesAlone() {
    return whole.boxesAlone();
  }
}
