package dev.millrace.connectors;

/**
 * Why a frame could not be processed.
 *
 * @param code short and stable, for machines: {@code undecodable}, {@code truncated}, {@code
 *     oversized}, {@code too-many-pixels}, {@code unsupported}, {@code empty}, {@code
 *     processing-failed}
 * @param message one sentence for people: what was expected, what was found
 */
public record DeadLetterReason(String code, String message) {}
