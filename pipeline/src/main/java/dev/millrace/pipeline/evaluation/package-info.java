/**
 * How good a detector is: COCO's box AP, computed here.
 *
 * <pre>
 *  instances.json --CocoDataset--> images, categories, true boxes
 *  the detector's ScoredBox for each image
 *      CocoEvaluator: match per image and category --> Matches --> AveragePrecision --> CocoAp
 * </pre>
 *
 * No image is opened here and nothing is scaled: boxes are in source pixels on both sides.
 */
@NullMarked
package dev.millrace.pipeline.evaluation;

import org.jspecify.annotations.NullMarked;
