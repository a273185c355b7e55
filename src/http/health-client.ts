import { request } from "node:http";
import { controlSocketPath } from "./control-socket.ts";

const PATIENCE_MS = 4_000;
const MOST_OCTETS = 64 * 1_024;

/** Why there is no answer. */
type Nothing = "away" | "silent" | "forbidden";

/** What a daemon says of its health, as far as it could be read. */
export interface HealthAnswer {
  /** `away`: no daemon answers. `silent`: one is there, and says nothing in time. `forbidden`: this user may not ask it. */
  readonly verdict: "ok" | "failing" | Nothing;
  /** What isn't well: in words of the daemon's own. */
  readonly failing: readonly string[];
  /** The answer as it came; undefined when there is none. */
  readonly json: string | undefined;
}

/**
 * Asks the daemon of a state folder over its control socket. It loads next to nothing, since it is called every few seconds; so
 * it reads the answer by hand.
 * @throws ControlSocketError when the folder's path is too long for a socket.
 */
export async function askHealth(stateFolder: string, what: "live" | "ready"): Promise<HealthAnswer> {
  const answer = await get(controlSocketPath(stateFolder), `/health/${what}`);
  if (typeof answer === "string") return { verdict: answer, failing: [], json: undefined };
  const { code, text } = answer;
  return { verdict: code === 200 ? "ok" : "failing", failing: failingOf(text), json: text };
}

/** What it answers, or why it doesn't. */
function get(
  socketPath: string,
  path: string,
): Promise<{ readonly code: number; readonly text: string } | Nothing> {
  return new Promise((resolve) => {
    const nothing = (error?: Error): void => resolve(whyNothing(error));
    const asked = request({ socketPath, path, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > MOST_OCTETS) asked.destroy();
      });
      response.on("end", () => resolve({ code: response.statusCode ?? 0, text }));
      response.on("error", nothing);
      response.on("close", () => nothing());
    });
    asked.on("error", nothing);
    asked.end();
  });
}

function whyNothing(error: Error | undefined): Nothing {
  if (error?.name === "TimeoutError" || error?.name === "AbortError") return "silent";
  const code = error !== undefined && "code" in error ? error.code : "";
  return code === "EACCES" || code === "EPERM" ? "forbidden" : "away";
}

function failingOf(text: string): readonly string[] {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return [];
  }
  const checks = isGroup(report) && Array.isArray(report.checks) ? report.checks : [];
  return checks.flatMap((each: unknown) =>
    isGroup(each) && each.ok === false ? [`${String(each.check)}: ${String(each.found)}`] : [],
  );
}

function isGroup(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
