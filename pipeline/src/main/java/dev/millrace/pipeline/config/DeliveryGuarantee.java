package dev.millrace.pipeline.config;

/** How often a frame is answered where something fails in between. */
public enum DeliveryGuarantee {

  /** Never less than once; after a failure maybe again. */
  AT_LEAST_ONCE,

  /** Once, for whoever reads committed records. */
  EXACTLY_ONCE
}
