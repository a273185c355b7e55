import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodePdu } from "../adapters/sms/smpp/encode.ts";
import type { PduOf } from "../adapters/sms/smpp/pdu.ts";
import { alphabetOf, decodeText } from "../adapters/sms/text/coding.ts";
import type { HomeserverRequest } from "../test/support/homeserver-request.ts";
import type { HomeserverState } from "../test/support/homeserver-state.ts";
import { deliverFields, type SmscMessage, textParts } from "../test/support/smsc-messages.ts";
import { isSomebody } from "./cast.ts";

/** Something that is searched. */
export interface Place {
  readonly name: string;
  /** Its octets, as they are and as they are read: each is looked through. */
  readonly pieces: readonly Buffer[];
}

/** All files under some folders or files; sockets are passed over. */
export function filesUnder(path: string): readonly Place[] {
  const kind = statSync(path);
  if (kind.isFile()) return [{ name: path, pieces: [readFileSync(path)] }];
  if (!kind.isDirectory()) return [];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}

/** A new file, read back. */
export function filePlace(folder: string, name: string, content: Buffer): Place {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { name: path, pieces: [readFileSync(path)] };
}

/** Everything that a homeserver knows: each event, and what else it keeps. */
export function homeserverPlaces(state: HomeserverState): readonly Place[] {
  const { rooms: _events, ...rest } = JSON.parse(state.dump()) as Readonly<Record<string, unknown>>; // our own object
  const events = [...state.rooms.values()].flatMap((room) =>
    room.events.map(({ at, event }) => eventPlace(`event ${at}`, event)),
  );
  return [...events, { name: "what the homeserver keeps", pieces: piecesOf(rest) }];
}

/** An event without the two fields in which a homeserver writes down who its own user is: who sent it, whose membership it is. */
export function eventPlace(name: string, event: object): Place {
  const type = "type" in event ? event.type : undefined;
  const own = ["sender", ...(type === "m.room.member" ? ["state_key"] : [])];
  return { name: `Matrix, ${name}`, pieces: piecesOf(event, (path) => own.includes(path)) };
}

/** A request of the daemon without whom it invites: the one place where it names a user to their own homeserver. */
export function requestPlace({ body, method, url }: HomeserverRequest, at: number): Place {
  const [path = ""] = url.split("?");
  const isInviting = (field: string): boolean =>
    (path.endsWith("/createRoom") && /^invite\.\d+$/.test(field)) ||
    (path.endsWith("/invite") && field === "user_id");
  const pieces = [Buffer.from(`${method} ${url}`), ...piecesOf(body, isInviting)];
  return { name: `request ${at} to Matrix`, pieces };
}

/** A submit_sm without its destination, as octets and as text. */
export function submitPlace(submit: PduOf<"submit_sm">, at: number): Place {
  const destination = { ...submit.destination, digits: "" };
  const text = decodeText(submit.text, alphabetOf(submit.dataCoding, "gsm")) ?? "";
  return {
    name: `SMS ${at}`,
    pieces: [encodePdu({ ...submit, destination }), submit.text, Buffer.from(text)],
  };
}

/** A whole text as a phone shows it: what stands over two parts is in one piece here. */
export function textPlace({ from, text }: SmscMessage, at: number): Place {
  return { name: `text ${at}`, pieces: [Buffer.from(from), Buffer.from(text)] };
}

/** An SMS that has these octets in it: typed as people type, or as data. */
export function plantedSms(name: string, octets: Buffer, isText: boolean): Place {
  const [from, to] = ["+12025550199", "+12025550198"];
  const fields = isText
    ? textParts(from, to, octets.toString(), 1)[0]
    : deliverFields(from, to, { dataCoding: 4, text: octets });
  if (fields === undefined) throw new Error("a text has at least one part");
  const place = submitPlace({ command: "submit_sm", status: 0, sequence: 1, ...fields }, 0);
  return { ...place, name: `SMS, ${name}` };
}

/**
 * The octets of a JSON value: all of it, and each string, number and octets of it by itself, so that what JSON escapes is found too.
 * What `isAllowed` says of a path (`content.body`) is left out, where it is no more than somebody's whole Matrix id.
 */
export function piecesOf(
  value: unknown,
  isAllowed: (path: string) => boolean = () => false,
): readonly Buffer[] {
  const leaves: string[] = [];
  const octets: Buffer[] = [];
  const read = (each: unknown, path: string): unknown => {
    if (isAllowed(path) && isSomebody(each)) return "";
    if (typeof each === "string" || typeof each === "number") leaves.push(String(each));
    if (each instanceof Uint8Array) octets.push(Buffer.from(each));
    if (typeof each !== "object" || each === null || each instanceof Uint8Array) return each;
    const entries = Object.entries(each).map(([name, inner]) => {
      leaves.push(name);
      return [name, read(inner, path === "" ? name : `${path}.${name}`)];
    });
    return Object.fromEntries(entries);
  };
  const whole = JSON.stringify(read(value, "")) ?? "";
  return [...[whole, ...leaves].flatMap(octetsOf), ...octets];
}

/** A string as it is stored, and as the octets that it may stand for. */
function octetsOf(text: string): readonly Buffer[] {
  const asText = Buffer.from(text);
  const isBinary = /[^\x20-\x7e]/.test(text);
  return isBinary ? [asText, Buffer.from(text, "latin1")] : [asText];
}
