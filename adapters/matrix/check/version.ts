import type { Finding } from "../../../src/adapter/index.ts";
import { MINUTE, SECOND } from "../../../src/model/index.ts";
import { PATHS } from "../paths.ts";
import { type Deps, problem, warning } from "./step.ts";

/** The oldest Synapse that tells sends of a ghost apart by `device_id`, so that one that is sent again doesn't come twice. */
const OLDEST = [1, 141] as const;
/** What clocks that are kept by NTP never differ by, the whole seconds of HTTP included; and what people see. */
const DIFFERS = 3 * SECOND;
const WRONG = 5 * MINUTE;

/** Which program the homeserver is, and what time it is there: both stand in the head of any answer. */
export async function checkGreeting({ config, around }: Deps): Promise<readonly Finding[]> {
  const before = around.clock.now();
  let head: Headers;
  try {
    // Without our token, since a redirect may lead anywhere.
    const url = config.homeserver.url.replace(/\/+$/, "") + PATHS.versions;
    const answer = await fetch(url, { signal: around.signal, redirect: "manual" });
    await answer.body?.cancel();
    head = answer.headers;
  } catch {
    return []; // it went away since it was reached
  }
  const here = (before + around.clock.now()) / 2;
  return [...program(head.get("server") ?? ""), ...clock(Date.parse(head.get("date") ?? ""), here)];
}

function program(server: string): readonly Finding[] {
  const check = "homeserver's version";
  const [, version, major, minor] = /^Synapse\/((\d{1,4})\.(\d{1,4})[a-z0-9.]{0,16})\b/i.exec(server) ?? [];
  if (version === undefined) {
    return [{ check, status: "ok", found: "it doesn't say; the bridge was tried with Synapse alone" }];
  }
  const isOld = Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (!isOld) return [{ check, status: "ok", found: `Synapse ${version}` }];
  const found = `Synapse ${version}: a text that is sent again after its restart comes twice`;
  return [warning(check, found, `update it to ${OLDEST.join(".")} or later`)];
}

function clock(there: number, here: number): readonly Finding[] {
  const check = "clock";
  if (Number.isNaN(there)) return [];
  const apart = Math.abs(there + SECOND / 2 - here); // HTTP cuts the fraction off
  if (apart <= DIFFERS) return [{ check, status: "ok", found: "the homeserver's and this machine's agree" }];
  const found = `the homeserver's is ${Math.round(apart / SECOND)} s ${there > here ? "ahead of" : "behind"} this machine's`;
  return [(apart > WRONG ? problem : warning)(check, found, "let NTP keep both")];
}
