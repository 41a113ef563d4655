package dev.millrace.components;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.components.modeling.Backbone;
import dev.millrace.components.standard.StandardComponents;
import dev.millrace.components.testing.TestBuild;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RegistryTest {

  /** Something to make. */
  private record Wheel(int spokes) {}

  private record WheelArgs(int spokes) {}

  private static Registry<Wheel> wheels() {
    return new Registries()
        .define(Wheel.class, "wheel")
        .register("Plain", "no spokes", WheelArgs.class, (args, build) -> new Wheel(0))
        .register("Spoked", "as asked", WheelArgs.class, (args, build) -> new Wheel(args.spokes()));
  }

  @Test
  @SuppressWarnings("unchecked")
  void aNameLeadsToItsFactory() {
    Registry.Entry<WheelArgs, Wheel> entry =
        (Registry.Entry<WheelArgs, Wheel>) wheels().get("Spoked", "mill.wheel");
    assertThat(entry.arguments()).isEqualTo(WheelArgs.class);
    assertThat(
            entry
                .factory()
                .create(new WheelArgs(8), new TestBuild("mill.wheel", Map.of(), List.of())))
        .isEqualTo(new Wheel(8));
  }

  @Test
  void anUnknownNameIsRefusedWithPathSuggestionAndList() {
    assertThatThrownBy(() -> wheels().get("Spokd", "mill.wheel"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "mill.wheel.name: no wheel is registered as 'Spokd'. Did you mean Spoked? "
                + "Registered: Plain, Spoked.");
    assertThatThrownBy(() -> wheels().get("Turbine", "mill.wheel"))
        .hasMessage(
            "mill.wheel.name: no wheel is registered as 'Turbine'. Registered: Plain, Spoked.");
  }

  @Test
  void aNameIsTakenOnce() {
    Registry<Wheel> wheels = wheels();
    assertThatThrownBy(
            () -> wheels.register("Plain", "again", WheelArgs.class, (a, b) -> new Wheel(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the wheel Plain is registered already");
    assertThat(wheels.entries())
        .extracting(e -> e.summary())
        .containsExactly("no spokes", "as asked");
  }

  @Test
  void entriesAreInOrderAndCannotBeChanged() {
    assertThat(wheels().entries()).extracting(e -> e.name()).containsExactly("Plain", "Spoked");
    assertThatThrownBy(() -> wheels().entries().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void aKindIsDefinedOnceAndAskedForByItsClass() {
    Registries registries = new Registries();
    Registry<Wheel> wheels = registries.define(Wheel.class, "wheel");
    assertThat(registries.of(Wheel.class)).isSameAs(wheels);
    assertThatThrownBy(() -> registries.define(Wheel.class, "wheel"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Wheel");
    assertThatThrownBy(() -> registries.of(Backbone.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Backbone");
  }

  @Test
  void registriesAreInstancesAndNotGlobal() {
    Registries first = StandardComponents.registries();
    first
        .of(Backbone.class)
        .register(
            "Mine",
            "",
            WheelArgs.class,
            (args, build) -> {
              throw new AssertionError("not asked to");
            });
    assertThat(StandardComponents.registries().of(Backbone.class).entries())
        .extracting(e -> e.name())
        .contains("FbNetV3", "Fpn", "OnnxBackbone", "ResNet")
        .doesNotContain("Mine");
  }

  @Test
  void everyKindThatShipsHasALabelAndEveryEntryASummary() {
    assertThat(StandardComponents.registries().all())
        .hasSizeGreaterThanOrEqualTo(10)
        .allSatisfy(
            registry -> {
              assertThat(registry.label()).isNotBlank();
              assertThat(registry.entries())
                  .isNotEmpty()
                  .allSatisfy(entry -> assertThat(entry.summary()).isNotBlank());
            });
  }
}
