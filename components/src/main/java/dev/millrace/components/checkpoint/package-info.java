/**
 * Trained parameters: finding, reading, checking them.
 *
 * <pre>
 *  WeightsConfig --WeightsStore--> file, its sha256 verified
 *      folder of the config, MILLRACE_WEIGHTS, cache, https
 *  file --CheckpointReader--> Checkpoint: name -> Tensor          chosen by the file's first bytes
 *      TorchArchiveReader = ZipEntries + Unpickler (TorchVocabulary) + ModuleWalk | StateDict
 *      LegacyTorchReader  = Unpickler (TorchVocabulary) + StateDict
 *      SafetensorsReader  = SafetensorsHeader + bytes             {@link Safetensors} writes them too
 *      NumpyPickleReader  = Unpickler (NumpyVocabulary) + StateDict
 *  Checkpoint --FileNames--> entries under Detectron2's names
 *      as they are, Caffe2Names, TorchvisionNames
 *  entries + the model's names and shapes --CheckpointLoader--> ParameterReport: what to load and from where,
 *                                                              or one error with a table
 * </pre>
 *
 * Values are read from the file when they are used: a file takes no heap, and what a model does not
 * need of it is never read.
 *
 * <p>A checkpoint is a stranger's file: it is read as data and nothing in it is run. Whatever is
 * not on the list of what may appear is refused by name.
 */
@NullMarked
package dev.millrace.components.checkpoint;

import org.jspecify.annotations.NullMarked;
