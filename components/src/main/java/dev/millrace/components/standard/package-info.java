/** The list of what ships: every kind of component, and every component under its name. */
@NullMarked
package dev.millrace.components.standard;

import org.jspecify.annotations.NullMarked;
