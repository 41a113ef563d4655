package dev.millrace.connectors.street;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Paints actors onto a canvas, sample by sample, the nearest in front. For one thread. */
final class ActorPainter {

  /** Actors in a picture: their numbers have eight bits. */
  static final int MOST = 255;

  /** A lamp of a vehicle that shines towards the camera. */
  record Beam(double u, double v, float inverse, boolean front, double strength) {}

  private final Scene scene;
  private final Canvas canvas;
  private final Dirt dirt;
  private final Shader shader;
  private final List<Beam> beams = new ArrayList<>();
  private double[] right = new double[2048];
  private double[] down = new double[2048];
  private double[] ahead = new double[2048];
  private int pictures;
  private int stamp;

  ActorPainter(Scene scene, Canvas canvas, Dirt dirt) {
    this.scene = scene;
    this.canvas = canvas;
    this.dirt = dirt;
    this.shader = new Shader(scene.light());
    Arrays.fill(canvas.covered, 0);
  }

  /** Lamps that were seen since this was asked last. */
  List<Beam> beams() {
    List<Beam> seen = List.copyOf(beams);
    beams.clear();
    return seen;
  }

  /** Forgets who covered what. */
  void begin() {
    pictures++;
    if (pictures == Integer.MAX_VALUE / (MOST + 1)) {
      pictures = 1;
      Arrays.fill(canvas.covered, 0);
    }
  }

  /**
   * @param number of the actor in this picture, from 1
   */
  void paint(Cast cast, int number) {
    Mesh mesh = cast.mesh;
    shader.turnTo(cast, scene);
    see(cast);
    stamp = pictures * (MOST + 1) + number;
    Facet facet = canvas.facet;
    for (int face = 0; face < mesh.faces; face++) {
      facet.clear();
      for (int i = mesh.start[face]; i < mesh.start[face + 1]; i++) {
        facet.corner(right[i], down[i], ahead[i]);
      }
      if (!facet.project(scene.lens(), Canvas.SCALE, false)) {
        continue;
      }
      cast.reaches(facet);
      if (canvas.samples.cover(facet.u, facet.v, facet.corners)) {
        fill(cast, facet, shader.rgb(mesh, face) | number << 24);
        lamp(cast, face, facet);
      }
    }
  }

  /** All corners in the camera's coordinates. */
  private void see(Cast cast) {
    Mesh mesh = cast.mesh;
    Actor actor = cast.actor;
    Lens lens = scene.lens();
    int corners = mesh.corners();
    if (right.length < corners) {
      right = new double[2 * corners];
      down = new double[2 * corners];
      ahead = new double[2 * corners];
    }
    double ox = actor.x() - lens.eye().x();
    double oy = actor.y() - lens.eye().y();
    double oz = actor.z() - lens.eye().z();
    for (int i = 0; i < corners; i++) {
      double x = ox + mesh.x[i] * actor.aheadX() - mesh.y[i] * actor.aheadY();
      double y = oy + mesh.x[i] * actor.aheadY() + mesh.y[i] * actor.aheadX();
      double z = oz + mesh.z[i];
      right[i] = x * lens.right().x() + y * lens.right().y() + z * lens.right().z();
      down[i] = x * lens.down().x() + y * lens.down().y() + z * lens.down().z();
      ahead[i] = x * lens.ahead().x() + y * lens.ahead().y() + z * lens.ahead().z();
    }
  }

  private void fill(Cast cast, Facet facet, int colour) {
    Spans spans = canvas.samples;
    float[] depth = canvas.depth;
    int[] covered = canvas.covered;
    int[] colours = canvas.colour;
    int fresh = 0;
    float step = (float) facet.inverseU;
    boolean solid = cast.solid == 4;
    for (int row = spans.top; row < spans.bottom; row++) {
      int first = spans.first(row);
      int end = spans.end(row);
      if (first >= end) {
        continue;
      }
      dirt.samples(row, first, end);
      float inverse =
          (float) (facet.inverse + facet.inverseU * (first + 0.5) + facet.inverseV * (row + 0.5));
      int last = row * canvas.columns + end;
      for (int at = row * canvas.columns + first; at < last; at++) {
        if (inverse > depth[at] && (solid || rank(row, at) < cast.solid)) {
          depth[at] = inverse;
          colours[at] = colour;
        }
        if (covered[at] != stamp) {
          covered[at] = stamp;
          fresh++;
        }
        inverse += step;
      }
    }
    cast.covered += fresh;
  }

  /** In which order a pixel's samples are taken by who comes little by little. */
  private static int rank(int row, int column) {
    return (row & 1) == 0 ? 2 * (column & 1) : 3 - 2 * (column & 1);
  }

  private void lamp(Cast cast, int face, Facet facet) {
    Material material = cast.mesh.material[face];
    boolean front = material == Material.HEADLIGHT;
    if (!(front || material == Material.TAILLIGHT)) {
      return;
    }
    float glow = cast.palette.glow[3 * material.ordinal()];
    float looks = cast.mesh.normalX[face];
    if (glow == 0 || (front ? looks : -looks) < 0.5 || !scene.light().headlights()) {
      return;
    }
    double u = 0;
    double v = 0;
    for (int i = 0; i < facet.corners; i++) {
      u += facet.u[i] / facet.corners;
      v += facet.v[i] / facet.corners;
    }
    float inverse = (float) (facet.inverse + facet.inverseU * u + facet.inverseV * v);
    beams.add(new Beam(u / Canvas.SCALE, v / Canvas.SCALE, inverse, front, glow));
  }
}
