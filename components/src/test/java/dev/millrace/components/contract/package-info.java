/**
 * What every component of a kind must do, as abstract JUnit classes: extend the one of your kind,
 * say how it is made, and its tests run. They are in the test-jar of {@code millrace-components}.
 */
@NullMarked
package dev.millrace.components.contract;

import org.jspecify.annotations.NullMarked;
