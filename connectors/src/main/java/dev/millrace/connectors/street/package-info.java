/**
 * A camera that needs no street: a procedural scene with exact ground truth.
 *
 * <pre>
 *  seed --Dice--> Street, Lens, Light, Traffic                       what there is
 *                    |
 *                    '--StreetPainter, BackdropPainter--> Backdrop   once for a scene
 *  seconds --Traffic--> Actor --FramePainter--> pixels, Cast         for each frame
 *                                   |
 *                               Grain, Truth --> StreetFrame
 * </pre>
 *
 * All of it is arithmetic that Java defines to the last bit ({@link java.lang.StrictMath} where the
 * standard library may differ), so the same seed and second give the same bytes everywhere.
 */
@NullMarked
package dev.millrace.connectors.street;

import org.jspecify.annotations.NullMarked;
