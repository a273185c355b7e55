import { createCipheriv, createHash } from "node:crypto";
import type { Address, Showing, Shown } from "../../src/adapter/index.ts";
import { type Clock, type Random, SECOND } from "../../src/model/index.ts";
import { quietSleep } from "./backoff.ts";
import type { MatrixHttp } from "./http.ts";
import { recordAt, textAt } from "./json.ts";
import { DEVICE, type Names } from "./names.ts";
import { PATHS } from "./paths.ts";
import { portalOfRef } from "./portal-ref.ts";
import { isOk } from "./session.ts";

/** What showing needs. `over`: nothing is asked of the homeserver any more. */
interface ShowDeps {
  readonly names: Names;
  readonly http: MatrixHttp;
  readonly clock: Clock;
  readonly random: Pick<Random, "bytes">;
  readonly over: AbortSignal;
}

/** How often a redaction is tried, with pauses that grow from a second. */
const TRIES = 5;

/**
 * Shows something as the bot, in a room where it is alone with whom it is for, until it is redacted. A picture is uploaded
 * encrypted, also where the room isn't: its key goes with the event, and what stays in the homeserver's media store then is of no
 * use. Undefined: others are in the room, or the homeserver doesn't do it now.
 */
export async function show(
  deps: ShowDeps,
  portal: Parameters<typeof portalOfRef>[0],
  showing: Showing,
  signal: AbortSignal,
): Promise<Shown | undefined> {
  const room = portalOfRef(portal)?.room;
  if (room === undefined || !(await isBetweenTwo(deps, room, showing.to.expose(), signal))) return undefined;
  const content = await contentOf(deps, showing, signal);
  if (content === undefined) return undefined;
  const sent = await deps.http.request({
    method: "PUT",
    path: PATHS.send(room, "m.room.message", showing.id),
    query: { user_id: deps.names.bot, device_id: DEVICE },
    body: content,
    signal,
  });
  const event = sent.kind === "answer" && isOk(sent) ? textAt(sent.json, "event_id") : undefined;
  return event === undefined ? undefined : { remove: () => redact(deps, room, event, showing.id) };
}

async function isBetweenTwo(
  { http, names }: ShowDeps,
  room: string,
  to: Address,
  signal: AbortSignal,
): Promise<boolean> {
  const query = { user_id: names.bot };
  const answer = await http.request({ method: "GET", path: PATHS.joinedMembers(room), query, signal });
  if (answer.kind !== "answer" || !isOk(answer)) return false;
  const members = Object.keys(recordAt(answer.json, "joined"));
  return members.length === 2 && members.includes(names.bot) && members.includes(to);
}

/** The content of the message; undefined when the picture couldn't be uploaded. */
async function contentOf(
  { http, names, random }: ShowDeps,
  showing: Showing,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if (showing.kind === "text") return { msgtype: "m.notice", body: showing.text.expose() };
  const { caption, png, side } = showing;
  const { octets, file } = encrypted(png.expose(), random);
  const uploaded = await http.request({
    method: "POST",
    path: PATHS.upload,
    query: { user_id: names.bot },
    octets,
    signal,
  });
  const url = uploaded.kind === "answer" && isOk(uploaded) ? textAt(uploaded.json, "content_uri") : undefined;
  if (url === undefined) return undefined;
  const info = { mimetype: "image/png", size: octets.length, w: side, h: side };
  return { msgtype: "m.image", body: caption, filename: "code.png", info, file: { ...file, url } };
}

/** AES-CTR with a key of its own (client-server API, "Sending encrypted attachments"): the half of the IV that counts is 0. */
function encrypted(plain: Uint8Array, random: Pick<Random, "bytes">) {
  const key = random.bytes(32);
  const iv = Buffer.concat([random.bytes(8), Buffer.alloc(8)]);
  const cipher = createCipheriv("aes-256-ctr", key, iv);
  const octets = Buffer.concat([cipher.update(plain), cipher.final()]);
  const file = {
    v: "v2",
    key: {
      ...{ kty: "oct", alg: "A256CTR", key_ops: ["encrypt", "decrypt"], ext: true },
      k: key.toString("base64url"),
    },
    iv: unpadded(iv),
    hashes: { sha256: unpadded(createHash("sha256").update(octets).digest()) },
  };
  return { octets, file };
}

function unpadded(octets: Buffer): string {
  return octets.toString("base64").replace(/=+$/, "");
}

/** Redacts an event, and tries again for a while where the homeserver is away; what it says else is final. */
async function redact(
  { http, names, clock, over }: ShowDeps,
  room: string,
  event: string,
  id: string,
): Promise<void> {
  for (let tries = 1; tries <= TRIES && !over.aborted; tries += 1) {
    const answer = await http.request({
      method: "PUT",
      path: PATHS.redact(room, event, id),
      query: { user_id: names.bot },
      body: {},
      signal: over,
    });
    if (answer.kind === "answer" && answer.status < 500 && answer.status !== 429) return;
    await quietSleep(clock, SECOND * 2 ** (tries - 1), over);
  }
}
