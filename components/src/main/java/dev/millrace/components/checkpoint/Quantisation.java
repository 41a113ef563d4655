package dev.millrace.components.checkpoint;

/**
 * The unsigned 8-bit range that an int8 model gave to what a module puts out: {@code real = scale *
 * (integer - zeroPoint)}.
 */
public record Quantisation(double scale, long zeroPoint) {}
