package dev.millrace.pipeline.dataset;

import java.util.List;

/** The beginning of a dataset. */
record FirstPictures(Dataset whole, int count) implements Dataset {

  @Override
  public String name() {
    return "the first " + count + " of " + whole.name();
  }

  @Override
  public List<Category> categories() {
    return whole.categories();
  }

  @Override
  public List<Image> images() {
    return whole.images().subList(0, count);
  }

  @Override
  public LabelledFrame load(int index) {
    return whole.load(index);
  }

  @Override
  public List<TrueBox> boxes(int index) {
    return whole.boxes(index);
  }

  @Override
  public boolean boxesAlone() {
    return whole.boxesAlone();
  }

  @Override
  public int neighbours() {
    return whole.neighbours();
  }
}
