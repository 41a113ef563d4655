package dev.millrace.pipeline.server;

import dev.millrace.components.image.NativeCount;
import dev.millrace.connectors.EventSink;
import dev.millrace.connectors.FrameSource;
import dev.millrace.pipeline.config.ConfigLoader;
import dev.millrace.pipeline.config.ConfigWatcher;
import dev.millrace.pipeline.config.MillraceConfig;
import dev.millrace.pipeline.config.PipelineConfig;
import dev.millrace.pipeline.console.Console;
import dev.millrace.pipeline.metrics.FlowMeters;
import dev.millrace.pipeline.metrics.Meters;
import dev.millrace.pipeline.metrics.ResourceMeters;
import dev.millrace.pipeline.metrics.RevisionMeters;
import dev.millrace.pipeline.plugin.PluginLoader;
import dev.millrace.pipeline.revision.Revision;
import dev.millrace.pipeline.revision.RevisionManager;
import dev.millrace.pipeline.revision.RevisionState;
import dev.millrace.pipeline.stream.FramePipeline;
import dev.millrace.pipeline.stream.Lane;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A running Millrace, wired by hand from top to bottom. Reading the constructor is the quickest way
 * to learn what there is.
 */
public final class Server implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final Closing closing;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final NativeCount imageDecoders = new NativeCount();
  private final PluginLoader plugins;
  private final RevisionManager revisions;
  private final FramePipeline pipeline;
  private final Console console;
  private final MillraceConfig config;

  private Server(
      ServerOptions options, ModelFactory models, Connections connections, Closing closing) {
    this.closing = closing; // what is opened first is closed last
    ConfigLoader loader = new ConfigLoader(ConfigLoader.rootOf(options.config()));
    Configurations configurations = new Configurations(loader, options, models);
    ConfigWatcher watcher =
        new ConfigWatcher(loader, options.config(), options.plugins(), configurations::followed);
    Configurations.Read first = closing.later(configurations.read("start"));
    config = first.config().config();
    PipelineConfig settings = config.pipeline();

    plugins = configurations.plugins();
    Meters.ofJvm(metrics);
    ResourceMeters.register(imageDecoders, plugins, metrics);
    FlowMeters meters = new FlowMeters(settings.lanes(), metrics, Clock.systemUTC());
    List<Lane> lanes = new ArrayList<>();
    for (int i = 0; i < settings.lanes(); i++) {
      lanes.add(closing.later(new Lane(i, meters)));
    }
    revisions =
        closing.later(new RevisionManager(lanes, new RevisionMeters(metrics), Clock.systemUTC()));

    ServerHealth health = new ServerHealth();
    console =
        closing.later(
            Console.start(
                config.console().host(),
                config.console().port(),
                metrics,
                health,
                revisions::history));

    Revision live = revisions.request(first).join();
    if (live.state() != RevisionState.LIVE) {
      throw new StartException(live);
    }

    Connections.Ends ends = connections.open(config);
    FrameSource source = closing.later(ends.source());
    EventSink sink = closing.later(ends.sink());
    Meters.ofSource(source, metrics);
    pipeline =
        FramePipeline.start(
            source,
            () -> new ImageFrameDecoder(FlowOptions.limits(settings), imageDecoders),
            lanes,
            sink,
            FlowOptions.flow(settings),
            meters);
    health.flows(pipeline);
    closing.later(() -> drain(sink, settings));

    if (options.watch()) {
      ConfigFollower follower = new ConfigFollower(configurations, revisions, first);
      Scheduler thread = Schedulers.newSingle("config-watcher", true);
      closing.later(thread::dispose);
      watcher.changes(ConfigWatcher.INTERVAL, thread).subscribe(follower::follow);
    }
    log.info("frames flow; console at http://{}", show(console.address()));
  }

  /**
   * Builds the first model and lets frames flow.
   *
   * @throws dev.millrace.components.ConfigException if the configuration has a mistake
   * @throws StartException if its model cannot be built
   * @throws dev.millrace.connectors.ConnectorException if source or sink cannot work
   */
  public static Server start(ServerOptions options, ModelFactory models, Connections connections) {
    Closing closing = new Closing();
    try {
      return new Server(options, models, connections, closing);
    } catch (Throwable e) {
      closing.close();
      throw e;
    }
  }

  /** In this order, so that what the sink still gets out is acknowledged and committed. */
  private void drain(EventSink sink, PipelineConfig settings) {
    pipeline.stop(settings.shutdownTimeout());
    sink.close();
    pipeline.close();
  }

  private static String show(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  /** As of {@link FramePipeline#ended}. */
  public CompletableFuture<Void> ended() {
    return pipeline.ended();
  }

  /** Where the console listens. */
  public InetSocketAddress console() {
    return console.address();
  }

  /** What it started with; a revision may have changed model and engine since. */
  public MillraceConfig config() {
    return config;
  }

  /** The last revisions, newest first. */
  public List<Revision> revisions() {
    return revisions.history();
  }

  /** What is counted and timed. */
  public PrometheusMeterRegistry metrics() {
    return metrics;
  }

  /** Finishes what is in flight by the configured deadline, commits, closes the model. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      closing.close();
    }
  }
}
