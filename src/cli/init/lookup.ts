import { isIP } from "node:net";
import { valueAt } from "../../config/key-path.ts";

/** How long a server may take to answer while somebody waits for the next question, in ms. */
const PATIENCE_MS = 4_000;
/** No answer that is looked for is longer, in octets. */
const LONGEST = 1024 * 1024;

/** What one says that tells strangers nothing. */
const ASKS_WHO: ReadonlySet<unknown> = new Set(["M_MISSING_TOKEN", "M_UNKNOWN_TOKEN"]);

/** What was found at an address. */
type Homeserver = "homeserver" | "something else" | "nothing";

/** Whether a homeserver's client API answers there (`GET /_matrix/client/versions`). */
export async function homeserverAt(url: string): Promise<Homeserver> {
  const answer = await getJson(url, "/_matrix/client/versions");
  if (answer === undefined) return "nothing";
  const isOne =
    Array.isArray(valueAt(answer.body, ["versions"])) || ASKS_WHO.has(valueAt(answer.body, ["errcode"]));
  return isOne ? "homeserver" : "something else";
}

/**
 * The name that a homeserver has by its own account (`GET /_matrix/key/v2/server`), where it serves its keys there; undefined
 * where it doesn't.
 */
export async function nameOf(url: string): Promise<string | undefined> {
  return text((await getJson(url, "/_matrix/key/v2/server"))?.body, ["server_name"]);
}

/** Where a server name says that its client API is (`/.well-known/matrix/client`), without a slash at the end. */
export async function clientUrlOf(serverName: string): Promise<string | undefined> {
  const host = serverName.replace(/:\d+$/, "");
  if (!host.includes(".") || isIP(host) !== 0) return undefined; // no name that others could look up
  const url = text((await getJson(`https://${host}`, "/.well-known/matrix/client"))?.body, [
    "m.homeserver",
    "base_url",
  ]);
  return url !== undefined && URL.canParse(url) ? url.replace(/\/+$/, "") : undefined;
}

/** Whether a homeserver has a user, as far as it tells strangers; undefined where it doesn't. */
export async function hasUser(url: string, user: string): Promise<boolean | undefined> {
  const answer = await getJson(url, `/_matrix/client/v3/profile/${encodeURIComponent(user)}`);
  if (answer?.status === 200) return true;
  const isUnknown = answer?.status === 404 && text(answer.body, ["errcode"]) === "M_NOT_FOUND";
  return isUnknown ? false : undefined;
}

/** Undefined when nothing answers. What is no JSON has an undefined body. */
async function getJson(
  base: string,
  path: string,
): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
  try {
    const answer = await fetch(`${base.replace(/\/+$/, "")}${path}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const content = await answer.text();
    return { status: answer.status, body: content.length > LONGEST ? undefined : parsed(content) };
  } catch {
    return undefined;
  }
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function text(body: unknown, path: readonly string[]): string | undefined {
  const value = valueAt(body, path);
  return typeof value === "string" && value !== "" ? value : undefined;
}
