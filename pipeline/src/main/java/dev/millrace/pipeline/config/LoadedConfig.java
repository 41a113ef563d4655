package dev.millrace.pipeline.config;

import java.nio.file.Path;
import java.util.Set;

/**
 * A configuration that was read, merged, bound and checked. Immutable.
 *
 * @param root the folder that it may refer to, absolute
 * @param file where it was read, or would stand, absolute
 * @param config the records
 * @param tree what they were bound from; {@link ConfigTree#locate} puts file and line before a
 *     mistake that is found later, when the model is built
 * @param hash {@code sha256:...} of the merged tree
 * @param files every file that it was merged from, absolute
 * @param binder for the factories of its components
 */
public record LoadedConfig(
    Path root,
    Path file,
    MillraceConfig config,
    ConfigTree tree,
    String hash,
    Set<Path> files,
    JacksonArgumentBinder binder) {}
