/**
 * Everything put together: the composition root.
 *
 * <pre>
 *  ConfigWatcher --edited--&gt; Configurations --Candidate--&gt; RevisionManager --switch--.
 *                                   |                            |                   v
 *                              ModelFactory                 ModelFactory           Lane(s)
 *                              .registries()                .build()                 ^
 *                                                                                    |
 *  FrameSource ----------------------&gt; FramePipeline --------------------------------'----&gt; EventSink
 *                                            |
 *  Console &lt;-- meters, health, history ------'
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.server;

import org.jspecify.annotations.NullMarked;
