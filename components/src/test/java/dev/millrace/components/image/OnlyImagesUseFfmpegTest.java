package dev.millrace.components.image;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class OnlyImagesUseFfmpegTest {
  @Test
  void nobodyElseTouchesFfmpeg() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.millrace.components.image")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.bytedeco..")
        .check(
            new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.millrace.components"));
  }
}
