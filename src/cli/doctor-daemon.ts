import type { Finding } from "../adapter/check.ts";
import { controlClient, PATIENCE_MS } from "../http/control-client.ts";
import { ControlSocketError } from "../http/control-socket.ts";
import { askHealth } from "../http/health-client.ts";

const CHECK = "daemon";

/** What a daemon of this state folder finds of itself, and whether there is one: then its ports, its binds and its Redis are its own. */
export async function askDaemon(
  state: string,
): Promise<{ readonly running: boolean; readonly findings: readonly Finding[] }> {
  try {
    return { running: true, findings: (await controlClient(state).doctor()).findings };
  } catch (error) {
    if (!(error instanceof ControlSocketError)) throw error;
    switch (error.why) {
      case "unreachable": {
        const remedy = 'start it with "footbridge run"; what only a running one knows wasn\'t checked';
        return {
          running: false,
          findings: [{ check: CHECK, status: "warning", found: "none is running", remedy }],
        };
      }
      case "silent":
        return { running: true, findings: [await silent(state)] };
      default: {
        const running = error.why !== "too-long"; // none can run there
        const found = "it can't be asked";
        return { running, findings: [{ check: CHECK, status: "problem", found, remedy: error.message }] };
      }
    }
  }
}

/** Its health is answered also while its Redis says nothing. */
async function silent(state: string): Promise<Finding> {
  const found = `it runs, but didn't answer within ${PATIENCE_MS / 1_000} s`;
  const { verdict, failing } = await askHealth(state, "ready");
  if (verdict === "away" || verdict === "silent") {
    const remedy = "it is stopped or stuck: look into its log, and restart it";
    return { check: CHECK, status: "problem", found: `${found}, and says nothing of its health`, remedy };
  }
  const later = "look into its log, and run this again: what only it knows wasn't checked";
  if (failing.length === 0) return { check: CHECK, status: "problem", found, remedy: later };
  const remedy = `mend that, ${later}`;
  return { check: CHECK, status: "problem", found: `${found} (${failing.join(", ")})`, remedy };
}
