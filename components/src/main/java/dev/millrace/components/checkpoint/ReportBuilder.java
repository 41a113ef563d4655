package dev.millrace.components.checkpoint;

import dev.millrace.components.checkpoint.ParameterReport.Misfit;
import dev.millrace.components.checkpoint.ParameterReport.Origin;
import dev.millrace.components.checkpoint.ParameterReport.Trouble;
import dev.millrace.components.checkpoint.ParameterReport.Unused;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects a {@link ParameterReport}, in the order of the model and then of the file. */
final class ReportBuilder {

  private final Map<String, Tensor> matched = new LinkedHashMap<>();
  private final Map<String, Origin> origins = new LinkedHashMap<>();
  private final List<String> initialized = new ArrayList<>();
  private final List<String> ignored = new ArrayList<>();
  private final List<Unused> unused = new ArrayList<>();
  private final List<Misfit> misfits = new ArrayList<>();

  void initialized(String name, FileNames.@Nullable Claim claim) {
    initialized.add(name);
    if (claim != null) {
      unused(claim.entry(), "initialize says not to load it");
    }
  }

  void missing(String name, long[] shape) {
    misfits.add(Misfit.of(Trouble.MISSING, name, shape, null));
  }

  /** A value that the file means without saying it. */
  void implied(String name, Tensor value, String rule) {
    matched.put(name, value);
    origins.put(name, new Origin(null, rule));
  }

  void ambiguous(String name, long[] shape, FileNames.Claim claim) {
    misfits.add(Misfit.of(Trouble.AMBIGUOUS, name, shape, claim.entry().tensor()));
  }

  void found(String name, long[] shape, FileNames.Claim claim) {
    FileNames.Entry entry = claim.entry();
    if (!Arrays.equals(shape, entry.tensor().shape())) {
      misfits.add(Misfit.of(Trouble.MISSHAPEN, name, shape, entry.tensor()));
      return;
    }
    matched.put(name, entry.tensor());
    String end = claim.whole() ? "" : "the end of the name";
    String both = entry.rule().isEmpty() || end.isEmpty() ? "" : ", ";
    origins.put(name, new Origin(entry.file(), entry.rule() + both + end));
  }

  void ignored(FileNames.Entry entry) {
    ignored.add(entry.file());
    unused(entry, "ignore says to leave it out");
  }

  void unused(FileNames.Entry entry, String why) {
    unused.add(new Unused(entry.file(), Arrays.toString(entry.tensor().shape()), why));
  }

  /** An entry that fits nothing, or what another one fits. */
  void left(Trouble trouble, FileNames.Entry entry) {
    misfits.add(Misfit.of(trouble, entry.file(), null, entry.tensor()));
  }

  void dead(Trouble trouble, String pattern) {
    misfits.add(new Misfit(trouble, pattern, null, null));
  }

  ParameterReport build(String source) {
    return new ParameterReport(source, matched, origins, initialized, ignored, unused, misfits);
  }
}
