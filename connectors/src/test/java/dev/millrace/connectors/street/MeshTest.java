package dev.millrace.connectors.street;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MeshTest {

  @Test
  void aBoxHasSixFacesThatLookOutward() {
    Mesh mesh = new MeshBuilder(new Mesh()).box(Material.TRIM, -1, 1, -2, 2, 0, 3).mesh();
    assertThat(mesh.faces).isEqualTo(6);
    assertThat(mesh.extent()).isEqualTo(new Vec(1, 2, 3));
    for (int face = 0; face < mesh.faces; face++) {
      Vec normal = normal(mesh, face);
      Vec corner = corner(mesh, mesh.start[face]);
      assertThat(normal.dot(corner.minus(new Vec(0, 0, 1.5)))).isPositive();
      assertThat(turning(mesh, face).dot(normal)).isCloseTo(1, within(1e-6));
    }
  }

  @Test
  void everyFaceOfEveryModelIsFlatEnoughAndTurnsAsItsNormalSays() {
    for (Mesh mesh : models()) {
      assertThat(mesh.faces).isGreaterThan(40);
      for (int face = 0; face < mesh.faces; face++) {
        assertThat(mesh.start[face + 1] - mesh.start[face]).isBetween(3, Mesh.MOST_CORNERS);
        Vec normal = normal(mesh, face);
        assertThat(normal.length()).isCloseTo(1, within(1e-5));
        assertThat(turning(mesh, face).dot(normal)).isGreaterThan(0.98);
      }
    }
  }

  @Test
  void modelsStandOnTheGroundAndHaveTheirSize() {
    assertThat(CarModel.ALL)
        .allSatisfy(
            car -> {
              Vec extent = car.mesh().extent();
              assertThat(2 * extent.x()).isCloseTo(car.length(), within(0.1));
              assertThat(extent.z()).isCloseTo(car.height(), within(0.02));
              assertThat(2 * extent.y()).isLessThan(2.4);
            });
    for (Mesh mesh : models()) {
      float lowest = Float.MAX_VALUE;
      for (int i = 0; i < mesh.corners(); i++) {
        lowest = Math.min(lowest, mesh.z[i]);
      }
      assertThat(lowest).isBetween(-0.06f, 0.06f);
    }
  }

  private static List<Mesh> models() {
    List<Mesh> meshes = new ArrayList<>();
    CarModel.ALL.forEach(model -> meshes.add(model.mesh()));
    BusModel.ALL.forEach(model -> meshes.add(model.mesh()));
    TruckModel.ALL.forEach(model -> meshes.add(model.mesh()));
    for (int look = 0; look < 20; look++) {
      Dice dice = new Dice(look);
      Mesh person = new Mesh();
      PersonModel.build(person, PersonModel.Build.of(dice), look * 0.7, look % 2, 4 + look % 3);
      meshes.add(person);
      Mesh bicycle = new Mesh();
      BicycleModel.build(bicycle, BicycleModel.Build.of(dice), look * 0.7, 4 + look % 3);
      meshes.add(bicycle);
    }
    return meshes;
  }

  private static Vec normal(Mesh mesh, int face) {
    return new Vec(mesh.normalX[face], mesh.normalY[face], mesh.normalZ[face]);
  }

  private static Vec corner(Mesh mesh, int at) {
    return new Vec(mesh.x[at], mesh.y[at], mesh.z[at]);
  }

  /** The normal by which way its corners go round. */
  private static Vec turning(Mesh mesh, int face) {
    Vec sum = new Vec(0, 0, 0);
    int first = mesh.start[face];
    for (int i = first + 1; i + 1 < mesh.start[face + 1]; i++) {
      Vec from = corner(mesh, first);
      sum = sum.plus(corner(mesh, i).minus(from).cross(corner(mesh, i + 1).minus(from)));
    }
    return sum.unit();
  }
}
