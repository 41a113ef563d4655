package dev.millrace.pipeline.dataset;

/** A class of objects and what it is called. */
public record Category(long id, String name) {}
