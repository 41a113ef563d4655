/**
 * How good a detector is: COCO's AP of boxes, masks and keypoints, computed here.
 *
 * <pre>
 *  instances.json --CocoDataset--> images, categories, true boxes
 *  the detector's ScoredBox for each image
 *      CocoEvaluator: match per image and category --> Matches --> AveragePrecision --> CocoAp
 *      Measure: what is compared, how much of it coincides
 * </pre>
 *
 * No image is opened here and nothing is scaled: everything is in source pixels on both sides.
 */
@NullMarked
package dev.millrace.pipeline.evaluation;

import org.jspecify.annotations.NullMarked;
