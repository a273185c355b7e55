import { hash } from "node:crypto";
import type { EventIdentity, Fragment, InboundBody, InboundEvent } from "../../../src/adapter/index.ts";
import { type Content, sensitive, type Timestamp } from "../../../src/model/index.ts";
import type { LinkConfig } from "../config.ts";
import type { Numbering } from "../numbers.ts";
import { chatOf, type SmsPortal } from "../portal.ts";
import { receiptRefs, userRefs } from "../refs.ts";
import { ESM, TAG } from "../smpp/constants.ts";
import { tlv } from "../smpp/pdu.ts";
import type { Arrival } from "../smpp/session.ts";
import { type Alphabet, alphabetOf, decodeText } from "../text/coding.ts";
import { type Concatenation, concatenationOf, readHeader } from "../text/udh.ts";
import { writePart } from "./parts.ts";
import { readReceipt } from "./receipt.ts";
import type { Repeatable } from "./sessions.ts";

/** Where a message came in. */
interface Origin {
  readonly link: LinkConfig;
  /** The durable name of the session. */
  readonly session: string;
  readonly repeats: readonly Repeatable[];
  readonly now: Timestamp;
}

/** What a deliver_sm or data_sm is for the house. `nothing`: taken note of, there is nothing to keep. */
export type Reading =
  | { readonly kind: "event"; readonly event: InboundEvent }
  | {
      readonly kind: "part";
      readonly fragment: Fragment;
      readonly group: string;
      readonly fingerprint: string;
    }
  | { readonly kind: "nothing"; readonly why: "under-way" | "no-id" };

/** Understands messages from SMSCs. It never throws for what they hold. */
export class MessageReader {
  readonly #account: string;
  readonly #numbering: Numbering;
  /** Our numbers by their digits. */
  readonly #pool: ReadonlyMap<string, string>;

  constructor(account: string, numbering: Numbering, numbers: readonly string[]) {
    this.#account = account;
    this.#numbering = numbering;
    this.#pool = new Map(numbers.map((number) => [number.replace(/\D/g, ""), number]));
  }

  read(arrival: Arrival, origin: Origin): Reading {
    const { pdu } = arrival;
    const kind = pdu.esmClass & ESM.kindMask;
    const octets = messageOf(arrival);
    const alphabet = alphabetOf(pdu.dataCoding, origin.link.defaultAlphabet);
    if (kind === ESM.receipt || kind === ESM.intermediate)
      return this.#receipt(arrival, origin, octets, alphabet);
    const portal = { number: this.#ours(pdu.destination), to: this.#numbering.read(pdu.source) };
    const hasHeader = (pdu.esmClass & ESM.udh) !== 0;
    const header = hasHeader ? readHeader(octets) : undefined;
    if (hasHeader && header === undefined) {
      return this.#event(arrival, origin, portal, { kind: "malformed", what: "other" });
    }
    const body = octets.subarray(header?.length ?? 0);
    const place = header?.concatenation ?? sarOf(arrival);
    if (place !== undefined && header?.hasPorts !== true) {
      return this.#part(arrival, origin, portal, place, alphabet, body);
    }
    const text = header?.hasPorts === true ? undefined : decodeText(body, alphabet);
    const content: Content =
      text === undefined ? { kind: "unbridgeable", what: "other" } : { kind: "text", text };
    return this.#event(arrival, origin, portal, { kind: "message", content });
  }

  /** A number of ours in its form in the config; whatever else an SMSC sends us, as it is. */
  #ours(address: { ton: number; npi: number; digits: string }): string {
    return this.#pool.get(address.digits.replace(/^\+/, "")) ?? this.#numbering.read(address);
  }

  #receipt(arrival: Arrival, origin: Origin, octets: Buffer, alphabet: Alphabet): Reading {
    const { pdu } = arrival;
    const text = decodeText(octets, alphabet) ?? octets.toString("latin1");
    const { ids, userReference, result } = readReceipt(text, pdu.tlvs);
    if (result === undefined) return { kind: "nothing", why: "under-way" };
    // From the phone to us, but some SMSCs leave the addresses as they were in the submit_sm.
    const isSwapped = !this.#isOurs(pdu.destination.digits) && this.#isOurs(pdu.source.digits);
    const [ours, theirs] = isSwapped ? [pdu.source, pdu.destination] : [pdu.destination, pdu.source];
    const portal = { number: this.#ours(ours), to: this.#numbering.read(theirs) };
    const targets = [
      ...ids.flatMap((id) => receiptRefs(id, portal.to, origin.link.messageIdFormat)),
      ...(userReference === undefined ? [] : userRefs(userReference, portal.to, origin.now)),
    ];
    if (targets.length === 0) return { kind: "nothing", why: "no-id" };
    const unique = new Map(targets.map((target) => [target.expose(), target]));
    return this.#event(arrival, origin, portal, { kind: "status", targets: [...unique.values()], ...result });
  }

  #isOurs(digits: string): boolean {
    return this.#pool.has(digits.replace(/^\+/, ""));
  }

  #event(arrival: Arrival, origin: Origin, portal: SmsPortal, body: InboundBody): Reading {
    return {
      kind: "event",
      event: {
        identity: this.#identity(this.#fingerprint(arrival), arrival, origin),
        chat: chatOf(portal),
        from: sensitive(portal.to),
        at: origin.now,
        timing: "live",
        body,
      },
    };
  }

  #part(
    arrival: Arrival,
    origin: Origin,
    portal: SmsPortal,
    place: Concatenation,
    alphabet: Alphabet,
    octets: Buffer,
  ): Reading {
    const fingerprint = this.#fingerprint(arrival);
    const { kind, reference, total, index } = place;
    const group = JSON.stringify([portal.to, portal.number, kind, reference, total, alphabet]);
    const fragment: Fragment = {
      identity: this.#identity(fingerprint, arrival, origin),
      group: sensitive(group),
      index,
      total,
      payload: writePart({ ...portal, alphabet, octets }),
      at: origin.now,
    };
    return { kind: "part", fragment, group, fingerprint };
  }

  #identity(fingerprint: string, arrival: Arrival, origin: Origin): EventIdentity {
    const { session, repeats } = origin;
    return {
      kind: "fingerprint",
      fingerprint: sensitive(fingerprint),
      session,
      order: arrival.order,
      repeats,
    };
  }

  /** All that a repeat has in common: every octet but the sequence number's. */
  #fingerprint({ frame }: Arrival): string {
    const common = Buffer.concat([
      Buffer.from(`${this.#account}\0`),
      frame.subarray(0, 12),
      frame.subarray(16),
    ]);
    return hash("sha256", common, "base64url");
  }
}

/** The octets of a message with its header: in its own field or, when that is empty, in `message_payload`. */
function messageOf({ pdu }: Arrival): Buffer {
  const short = pdu.command === "deliver_sm" ? pdu.text : EMPTY;
  return short.length > 0 ? short : (tlv(pdu.tlvs, TAG.messagePayload) ?? EMPTY);
}

const EMPTY = Buffer.alloc(0);

/** The place that the SAR parameters give (5.3.2.22 to 24), where they are whole and make sense. */
function sarOf({ pdu }: Arrival): Concatenation | undefined {
  const reference = tlv(pdu.tlvs, TAG.sarReference);
  const total = tlv(pdu.tlvs, TAG.sarTotal);
  const index = tlv(pdu.tlvs, TAG.sarIndex);
  if (reference?.length !== 2 || total?.length !== 1 || index?.length !== 1) return undefined;
  return concatenationOf("sar", reference.readUInt16BE(0), total.readUInt8(0), index.readUInt8(0));
}
