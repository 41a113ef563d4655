/**
 * The loop around {@code components.training}: pictures in, better values out.
 *
 * <pre>
 *  Dataset --TrainingSampler, Augmentation--> BatchLoader --SampleBatch--> Trainer --> TrainingFolder
 *   pictures   which, how varied               threads, ahead               one thread    model.safetensors, training_state.safetensors,
 *                                                                                         metrics.jsonl, plot.png
 * </pre>
 *
 * What a step learns from is a function of the seed and the step's number alone, so a run that was
 * cut off goes on exactly as it would have gone on.
 */
@NullMarked
package dev.millrace.pipeline.training;

import org.jspecify.annotations.NullMarked;
