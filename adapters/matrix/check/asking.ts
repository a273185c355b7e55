import type { Finding } from "../../../src/adapter/index.ts";
import { PATHS } from "../paths.ts";
import { isOk } from "../session.ts";
import { type Deps, WRITE_AGAIN, warning } from "./step.ts";

/** A localpart of ours that nobody has. */
const NOBODY = "doctor";
/** One more than Synapse lets through at once by default (`rc_room_creation`). */
const TRIES = 11;
/** No homeserver has it: the request is refused after it was counted, and nothing is made. */
const NO_VERSION = "footbridge.doctor";

/**
 * Whether other people could take the names of our users: asked as one of them, where the homeserver tells (Synapse does while
 * it lets people register). A name that begins with "_" it gives to nobody.
 */
export async function checkNames({ config, http, around }: Deps): Promise<readonly Finding[]> {
  const check = "registration's users";
  const { bot, ghostPrefix } = config;
  const asked = [
    ["bot", bot],
    ["ghostPrefix", `${ghostPrefix}${NOBODY}`],
  ] as const;
  const findings: Finding[] = [];
  for (const [key, username] of asked) {
    if (username.startsWith("_")) continue;
    const query = { username };
    const path = PATHS.isAvailable;
    if (!isOk(await http.request({ method: "GET", path, query, signal: around.signal }))) continue; // ours, or it doesn't say
    const found = `anybody may register a user by the name of ${key}`;
    findings.push(warning(check, found, `make its namespaces exclusive: ${WRITE_AGAIN}`));
  }
  return findings;
}

/**
 * Whether the homeserver limits how fast we may do things. Asked as the registration's sender, who is no user and does nothing
 * else, by requests for a room of a version that doesn't exist: they count, and are refused.
 */
export async function checkLimits({ http, around }: Deps): Promise<readonly Finding[]> {
  const check = "rate limits";
  for (let tried = 0; tried < TRIES; tried++) {
    const answer = await http.request({
      method: "POST",
      path: PATHS.createRoom,
      body: { room_version: NO_VERSION },
      signal: around.signal,
    });
    if (answer.kind === "answer" && answer.status === 429) {
      const found = "the homeserver limits how much the bridge may do, so that texts wait";
      const remedy = "set rate_limited: false in the registration file, load it and restart the homeserver";
      return [warning(check, found, remedy)];
    }
    if (answer.kind === "failed" || answer.errcode !== "M_UNSUPPORTED_ROOM_VERSION") return []; // it doesn't tell
  }
  return [{ check, status: "ok", found: "the homeserver sets the bridge none" }];
}
