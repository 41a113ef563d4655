package dev.millrace.connectors.street;

/**
 * What stands still, painted once. Immutable after it was painted; shared by threads.
 *
 * @param pixels {@code 0xrrggbb}
 * @param depth of each sample of a {@link Canvas}
 * @param ground of each pixel: how much of it is road or pavement, 0 to 255
 * @param sunny of each pixel: how much of it is ground in the sun, 0 to 255
 */
@SuppressWarnings("ArrayRecordComponent") // pictures, compared by nobody
record Backdrop(int[] pixels, float[] depth, byte[] ground, byte[] sunny) {}
