import { dirname } from "node:path";
import type { Finding } from "../../adapter/check.ts";
import type { Config } from "../../config/index.ts";
import { controlClient } from "../../http/control-client.ts";
import { ControlSocketError } from "../../http/control-socket.ts";
import type { Clock, Milliseconds } from "../../model/time.ts";
import type { Io, KnownAdapter } from "../io.ts";
import { span } from "../text.ts";

/** The pause between two looks. */
const PAUSE: Milliseconds = 1_500;
/** How long one look may take. */
const LOOK_MS = 30_000;

/** What is waited for. */
interface Waiting {
  readonly config: Config;
  /** An account of it, with its adapter's check. */
  readonly account: Config["accounts"][number];
  readonly check: NonNullable<KnownAdapter["check"]>;
  readonly io: Pick<Io, "out">;
  /** Called when something is missing at the first look. */
  readonly onMissing: () => void;
  readonly clock: Clock;
  /** For how long; undefined: until it is so, or somebody ends it. */
  readonly most: Milliseconds | undefined;
}

/**
 * Waits until the network's server knows us and reaches us. Each step is shown when it changes: what is well, and what is missing.
 * @returns whether it is so now.
 */
export async function waitUntilReached(waiting: Waiting): Promise<boolean> {
  const { io, clock, most, onMissing } = waiting;
  const began = clock.monotonic();
  const shown = new Map<string, string>();
  for (;;) {
    const findings = await look(waiting);
    const isReached = reaches(findings);
    if (!isReached && shown.size === 0) onMissing();
    for (const finding of findings) {
      const line = lineOf(finding, isReached);
      if (shown.get(finding.check) !== line) io.out(line);
      shown.set(finding.check, line);
    }
    const known = new Set(findings.map(({ check }) => check));
    for (const check of shown.keys()) if (!known.has(check)) shown.delete(check); // it may be well again, and is shown again
    const spent = clock.monotonic() - began;
    if (isReached) {
      io.out(`The homeserver knows the bridge, and reaches it (after ${span(spent)}).`);
      return true;
    }
    if (most !== undefined && spent + PAUSE > most) return false;
    await clock.sleep(PAUSE);
  }
}

async function look({ config, account, check, clock }: Waiting): Promise<readonly Finding[]> {
  const running = await isRunning(config.state);
  const signal = AbortSignal.timeout(LOOK_MS);
  const around = { clock, running, folder: dirname(config.file), signal };
  return check(account.config, around);
}

/** What is to be done at first, where a remedy is for what worked before. */
const YET: Readonly<Record<string, string>> = { token: "give it the registration, as above, and restart it" };

/** A check may find more than what is waited for: its last step towards the server is the server's way back. */
function reaches(findings: readonly Finding[]): boolean {
  const back = findings.find(({ check }) => check === "way back");
  return back === undefined
    ? findings.every(({ status }) => status !== "problem")
    : back.status !== "problem";
}

function lineOf(finding: Finding, isReached: boolean): string {
  const { check, found, status } = finding;
  if (status === "ok") return `  ok       ${check}: ${found}`;
  if (status === "warning" || isReached)
    return `  ${status.padEnd(7)}  ${check}: ${found}: ${finding.remedy}`;
  return `  waiting  ${check}: ${found}: ${YET[check] ?? finding.remedy}`;
}

/** Whether a daemon has this state folder now. */
export async function isRunning(state: string): Promise<boolean> {
  try {
    await controlClient(state).status();
    return true;
  } catch (error) {
    if (!(error instanceof ControlSocketError)) throw error;
    if (error.why === "silent") return true;
    if (error.why === "unreachable" || error.why === "too-long") return false;
    throw error;
  }
}
