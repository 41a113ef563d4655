package dev.millrace.components.modeling;

/** Written by the model room. */
public interface Postprocessor {}
