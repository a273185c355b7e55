import type { CheckSurroundings, Finding } from "../../../src/adapter/index.ts";
import type { MatrixConfig } from "../config.ts";
import { MatrixHttp } from "../http.ts";
import { checkLimits, checkNames } from "./asking.ts";
import { checkFeatures } from "./features.ts";
import { findServerFile } from "./homeserver-file.ts";
import { checkReach } from "./reach.ts";
import { checkRegistrationFiles } from "./registration-file.ts";
import type { Deps } from "./step.ts";
import { checkGreeting } from "./version.ts";

const CONNECTIONS = 1;
/** How long a request may take here, in ms: an operator waits for it. */
const PATIENCE_MS = 10_000;

/**
 * Checks what the homeserver knows of us by asking it, and what stands in its files where they can be read: whether we reach
 * each other, whether the registration is as it should be, and what its settings cost in privacy. It changes nothing there.
 */
export async function checkMatrix(
  config: MatrixConfig,
  around: CheckSurroundings,
): Promise<readonly Finding[]> {
  const { url } = config.homeserver;
  const { asToken } = config.appservice;
  const timeoutMs = Math.min(config.requestTimeoutMs, PATIENCE_MS);
  const http = new MatrixHttp({ url, asToken, connections: CONNECTIONS, timeoutMs });
  try {
    const deps: Deps = { config, http, around };
    const reach = await checkReach(deps);
    const knowsUs = reach.some(({ check, status }) => check === "token" && status === "ok");
    const asked = knowsUs ? [...(await checkGreeting(deps)), ...(await askMore(deps))] : [];
    const server = await findServerFile(deps);
    const files = await checkRegistrationFiles(deps, server);
    return [...reach, ...asked, ...files, ...checkFeatures(server, around)];
  } finally {
    await http.close();
  }
}

async function askMore(deps: Deps): Promise<readonly Finding[]> {
  return [...(await checkNames(deps)), ...(await checkLimits(deps))];
}
