/** What every component shares: registries, factories, shapes and the errors of a configuration. */
@NullMarked
package dev.millrace.components;

import org.jspecify.annotations.NullMarked;
