import { isIP } from "node:net";
import { valueAt } from "../../config/key-path.ts";
import type { Sensitive } from "../../model/sensitive.ts";
import { serverNameIn } from "./server-name.ts";

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
  return serverNameIn(valueAt((await getJson(url, "/_matrix/key/v2/server"))?.body, ["server_name"]));
}

/** Where a server name says that its client API is (`/.well-known/matrix/client`), without a slash at the end. */
export async function clientUrlOf(serverName: string): Promise<string | undefined> {
  const host = serverName.replace(/:\d+$/, "");
  if (!host.includes(".") || isIP(host) !== 0) return undefined; // no name that others could look up
  const url = text((await getJson(`https://${host}`, "/.well-known/matrix/client"))?.body, [
    "m.homeserver",
    "base_url",
  ]);
  return url === undefined ? undefined : URL.parse(url)?.href.replace(/\/+$/, "");
}

/**
 * Whether a homeserver has a user of its own: by the profile, which some show to nobody without a `token`, or by whether the name could still be
 * taken; undefined where it tells neither.
 */
export async function hasUser(
  url: string,
  user: string,
  token?: Sensitive<string>,
): Promise<boolean | undefined> {
  const profile = await getJson(url, `/_matrix/client/v3/profile/${encodeURIComponent(user)}`, token);
  if (profile?.status === 200) return true;
  const localpart = encodeURIComponent(/^@([^:]+):/.exec(user)?.[1] ?? "");
  const name = await getJson(url, `/_matrix/client/v3/register/available?username=${localpart}`);
  if (text(name?.body, ["errcode"]) === "M_USER_IN_USE") return true; // one without a name or a picture has no profile
  if (valueAt(name?.body, ["available"]) === true) return false;
  const isUnknown = profile?.status === 404 && text(profile.body, ["errcode"]) === "M_NOT_FOUND";
  return isUnknown ? false : undefined;
}

/** Undefined when nothing answers. What is no JSON has an undefined body. */
async function getJson(
  base: string,
  path: string,
  token?: Sensitive<string>,
): Promise<{ readonly status: number; readonly body: unknown } | undefined> {
  try {
    const answer = await fetch(`${base.replace(/\/+$/, "")}${path}`, {
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token.expose()}` } }),
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
