package dev.millrace.pipeline.config;

import dev.millrace.components.ComponentConfig;

/** A component that a configuration names, and the kind that it must be of. */
record ComponentUse(Class<?> kind, ComponentConfig<?> config) {}
