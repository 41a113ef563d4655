/**
 * Jars that bring components. Each revision opens the folder as it is then; equal content shares
 * one class loader, so that what did not change can be shared between revisions, and new content
 * gets a new one, so that new code can run beside old.
 *
 * <pre>
 * folder/*.jar --copy--&gt; private folder --PluginClassLoader--&gt; Plugin.register(Registries)
 *                        (deleted when the last PluginSet of this content closes)
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.plugin;

import org.jspecify.annotations.NullMarked;
