package dev.millrace.pipeline.dataset;

/**
 * A named place of an object that is there.
 *
 * @param x in source pixels
 * @param y in source pixels
 * @param labelled whether anybody said where it is, be it visible or covered; else the rest is 0
 */
public record TrueKeypoint(double x, double y, boolean labelled) {}
