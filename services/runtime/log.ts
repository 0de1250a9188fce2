import type { Clock } from "./clock";
import type { Trace } from "./trace";

/** Severities of Cloud Logging, least first. Source: https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity */
export const SEVERITIES = ["DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Writes one line of JSON per entry. Fields must hold no secrets; tokens never get here. */
export interface Log {
  write(severity: Severity, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** The same log with every entry tied to a trace, so that Cloud Logging shows it under its request. */
  within(trace: Trace): Log;
}

export interface LogOptions {
  /** Least severity that is written. @default "INFO" */
  readonly least?: Severity;
  /** Fields of every entry, e.g. the service's name. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Names the project in the trace field; while it is unknown the field holds the trace's id alone. */
  readonly projectId?: () => string | undefined;
  readonly clock: Clock;
  /** @default standard output, which Cloud Run ships to Cloud Logging */
  readonly line?: (line: string) => void;
}

/**
 * A log in the form that Cloud Logging reads: `severity`, `message`, `time` and the trace fields.
 *
 * Source: https://cloud.google.com/logging/docs/structured-logging#structured_logging_special_fields
 */
export function createLog(options: LogOptions, trace?: Trace): Log {
  const least = SEVERITIES.indexOf(options.least ?? "INFO");
  const line = options.line ?? ((text) => process.stdout.write(`${text}\n`));
  return {
    write(severity, message, fields) {
      if (SEVERITIES.indexOf(severity) < least) return;
      const time = new Date(options.clock.now()).toISOString();
      line(
        JSON.stringify({
          ...options.fields,
          ...fields,
          severity,
          message,
          time,
          ...traceFields(trace, options.projectId),
        }),
      );
    },
    within: (next) => createLog(options, next),
  };
}

function traceFields(trace: Trace | undefined, projectId: LogOptions["projectId"]): Record<string, unknown> {
  if (!trace) return {};
  const project = projectId?.();
  return {
    "logging.googleapis.com/trace": project ? `projects/${project}/traces/${trace.traceId}` : trace.traceId,
    "logging.googleapis.com/spanId": trace.spanId,
    "logging.googleapis.com/trace_sampled": trace.sampled,
  };
}

/** An error as log fields: its code, the codes of what caused it, and a stack where it is a defect. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { cause: String(error) };
  const code = (error as { code?: unknown }).code;
  return {
    ...(code !== undefined && { code }),
    ...(error.cause instanceof Error && { cause: `${error.cause.name}: ${error.cause.message}` }),
    ...((code === undefined || code === "internal") && {
      stack_trace: (error.cause instanceof Error ? error.cause : error).stack,
    }),
  };
}
