/**
 * Another library's configuration to ours: what {@code millrace import} does.
 *
 * <pre>
 * CONFIG --YacsReader--&gt; values --YacsFiles (_BASE_)--&gt; YacsConfig (over Detectron2's defaults)
 *   data only: nothing is evaluated                          |
 *                                                            v
 *  CHECKPOINT --ImportedWeights--&gt; weights ------&gt; Detectron2Import --PlainYaml--&gt; a file as a person writes it
 *                                                            |
 *                                                  every key that was set and not read: Untranslated
 * </pre>
 *
 * A translator reads keys by {@link dev.millrace.pipeline.importing.YacsConfig}, which remembers
 * them. So nothing is lost without a word: what a configuration sets, and no translator asked for,
 * is reported.
 */
@NullMarked
package dev.millrace.pipeline.importing;

import org.jspecify.annotations.NullMarked;
