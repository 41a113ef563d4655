/**
 * A YAML file to records, or to a message that says where and what is wrong.
 *
 * <pre>
 * bytes --YamlReader--&gt; Node --Inheritance (_BASE_, overrides)--&gt; ConfigTree
 *   size, UTF-8, one document,      maps merge, lists replace,       values + places + hash
 *   no alias, anchor or tag         nothing outside the root            |
 *                                                                       v
 * ConfigWatcher: a file changed                      Shaper (keys, types, defaults) --Jackson--&gt; records
 * </pre>
 *
 * A record that is bound here needs nothing but its components: one marked {@code @Nullable} or
 * Optional is optional, one with {@code @JsonProperty(defaultValue = "8")} has that default, every
 * other is required. A component of type {@code Duration} reads {@code 5ms}; a whole number with
 * the word Bytes in its name reads {@code 64MiB}. A compact constructor refuses a value by {@code
 * throw new ConfigException("key", problem, remedy)}: the path in the YAML is put before the key.
 */
@NullMarked
package dev.millrace.pipeline.config;

import org.jspecify.annotations.NullMarked;
