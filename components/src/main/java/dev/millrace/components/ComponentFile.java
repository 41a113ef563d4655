package dev.millrace.components;

import java.nio.file.Path;

/**
 * A file that a component reads, found and verified.
 *
 * @param sha256 of its content, lower-case hex
 */
public record ComponentFile(Path path, String sha256) {}
