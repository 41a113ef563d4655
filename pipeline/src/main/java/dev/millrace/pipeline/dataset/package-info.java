/**
 * Pictures and what is in them, to learn from and to be measured by.
 *
 * <pre>
 *  instances.json --CocoFile--.
 *  Annotations/...xml --VocFolder--> FolderDataset --.
 *  street:// ---------------------> StreetPictures --+--> Dataset --load--> LabelledFrame
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.dataset;

import org.jspecify.annotations.NullMarked;
