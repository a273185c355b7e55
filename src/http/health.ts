/** What is looked at for `/health/live`: what a restart would mend. */
const LIVE_CHECKS = ["pipeline", "lanes", "legs", "sweeper", "redis"] as const;
/** What is looked at for `/health/ready`: what it takes to take messages in and send them. */
const READY_CHECKS = ["start", "stop", "redis", "room", "slots", "schema", "pipeline"] as const;

type HealthCheckName = (typeof LIVE_CHECKS)[number] | (typeof READY_CHECKS)[number];

/** One thing that was looked at. */
export interface HealthCheck {
  readonly check: HealthCheckName;
  readonly ok: boolean;
  /** In a few constant words: no name, id, address or path is in them. */
  readonly found: string;
}

/** An answer about the daemon's health, in JSON. It may be read by anyone who reaches the port. */
export interface HealthReport {
  readonly ok: boolean;
  readonly checks: readonly HealthCheck[];
  /** How many accounts there are, and how many of them work at least in part: a detail, since the others work without them. */
  readonly accounts?: { readonly all: number; readonly working: number };
}

/** Who answers for it. */
export interface HealthSource {
  /** Whether a restart would not help. */
  live(): HealthReport;
  /** Whether messages are taken in now. Takes two seconds at most. */
  ready(): Promise<HealthReport>;
}

/** The report of some checks. */
export function healthReport(
  checks: readonly HealthCheck[],
  accounts?: NonNullable<HealthReport["accounts"]>,
): HealthReport {
  return { ok: checks.every(({ ok }) => ok), checks, ...(accounts === undefined ? {} : { accounts }) };
}

/** The answer to a path as HTTP has it; undefined when it asks for nothing of health. */
export async function answerHealth(
  source: HealthSource,
  path: string,
): Promise<{ readonly code: 200 | 503; readonly body: HealthReport } | undefined> {
  if (path !== "/health/live" && path !== "/health/ready") return undefined;
  const body = path === "/health/live" ? source.live() : await source.ready();
  return { code: body.ok ? 200 : 503, body };
}
