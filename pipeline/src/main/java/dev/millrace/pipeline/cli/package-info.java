/**
 * The command line: one class for each command, data on stdout, everything else on stderr.
 *
 * <pre>
 *  Main --picocli--&gt; DemoCommand       broker + PublishCommand's publisher + Server + a view
 *                    PublishCommand    video to frames topic
 *                    ServeCommand      Server
 *                    WatchCommand      events topic to text, JSON, pictures
 *                    ComponentsCommand PlanCommand ConfigCommand ImportCommand
 * </pre>
 */
@NullMarked
package dev.millrace.pipeline.cli;

import org.jspecify.annotations.NullMarked;
