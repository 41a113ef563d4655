package dev.millrace.components;

/**
 * Makes a component from its arguments: the "from config" way. It only checks and calls the
 * component's public constructor, which is the other way.
 *
 * @param <A> the component's arguments, a record
 * @param <T> the kind of component
 */
@FunctionalInterface
public interface ComponentFactory<A extends Record, T> {

  /**
   * @throws ConfigException if the arguments or the shapes do not fit
   */
  T create(A arguments, Build build);
}
