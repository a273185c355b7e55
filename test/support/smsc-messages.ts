// What the loopback SMSC makes of texts: parts of deliver_sm, receipts, and whole messages from submit_sm.
// It reuses the codec and the encoding of adapters/sms; test/peers/smsc-jsmpp is the one that nobody here wrote.

import { TAG } from "../../adapters/sms/smpp/constants.ts";
import type { ShortMessageFields, SmeAddress } from "../../adapters/sms/smpp/pdu.ts";
import { alphabetOf, decodeText } from "../../adapters/sms/text/coding.ts";
import { encodePart, segment } from "../../adapters/sms/text/segment.ts";
import { concatenationHeader, readHeader } from "../../adapters/sms/text/udh.ts";

/** A whole text as a phone would show it. */
export interface SmscMessage {
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly parts: number;
  readonly ids: readonly string[];
  readonly dataCoding: number;
  /** When its last part came, ms since 1970. */
  readonly at: number;
}

/** International, without its `+`, as jSMPP's driver sends a number; alphanumeric for the rest. */
function address(text: string): SmeAddress {
  const digits = text.replace(/^\+/, "");
  if (/^\d{7,}$/.test(digits)) return { ton: 1, npi: 1, digits };
  return { ton: /^\d+$/.test(digits) ? 0 : 5, npi: 1, digits: text };
}

/** A deliver_sm with nothing but the given fields. */
export function deliverFields(
  from: string,
  to: string,
  given: Partial<ShortMessageFields>,
): ShortMessageFields {
  return {
    serviceType: "",
    source: address(from),
    destination: address(to),
    esmClass: 0,
    protocolId: 0,
    priority: 0,
    scheduled: "",
    validity: "",
    registeredDelivery: 0,
    replaceIfPresent: 0,
    dataCoding: 0,
    defaultMessageId: 0,
    text: Buffer.alloc(0),
    tlvs: [],
    ...given,
  };
}

/** A text as the deliver_sm that it takes, joined by user data headers. */
export function textParts(from: string, to: string, text: string, reference: number): ShortMessageFields[] {
  const { coding, parts } = segment(text, "gsm");
  return parts.map((part, at) => {
    const { dataCoding, octets } = encodePart(part, coding, "gsm");
    if (parts.length === 1) return deliverFields(from, to, { dataCoding, text: octets });
    const header = concatenationHeader(reference & 0xff, parts.length, at + 1);
    return deliverFields(from, to, { dataCoding, esmClass: 0x40, text: Buffer.concat([header, octets]) });
  });
}

/** A delivery receipt in text and TLVs, from the phone to whoever sent. */
export function receiptFields(id: string, sender: string, phone: string, state: string): ShortMessageFields {
  const states = ["ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"];
  const done = state === "DELIVRD" ? "001" : "000";
  const text = `id:${id} sub:001 dlvrd:${done} submit date:2001010000 done date:2001010000 stat:${state} err:000 text:`;
  const tlvs = [
    { tag: TAG.receiptedMessageId, value: Buffer.from(`${id}\0`, "latin1") },
    { tag: TAG.messageState, value: Buffer.from([1 + states.indexOf(state)]) },
  ];
  return deliverFields(phone, sender, { esmClass: 0x04, text: Buffer.from(text, "latin1"), tlvs });
}

/** Joins the parts of submit_sm into messages. */
export class Assembly {
  readonly #groups = new Map<string, { octets: Map<number, Buffer>; ids: string[] }>();

  /** The message that this part completes, if it does. */
  add(submit: ShortMessageFields, id: string, now: number): SmscMessage | undefined {
    const header = (submit.esmClass & 0x40) !== 0 ? readHeader(submit.text) : undefined;
    const body = submit.text.subarray(header?.length ?? 0);
    const place = header?.concatenation;
    if (place === undefined) return whole(submit, [id], body, now);
    const { source, destination } = submit;
    const key = `${source.digits}>${destination.digits}#${place.reference}/${place.total}`;
    const group = this.#groups.get(key) ?? { octets: new Map<number, Buffer>(), ids: [] };
    this.#groups.set(key, group);
    group.octets.set(place.index, Buffer.from(body));
    group.ids.push(id);
    if (group.octets.size < place.total) return undefined;
    this.#groups.delete(key);
    const parts = [...group.octets].toSorted(([a], [b]) => a - b).map(([, octets]) => octets);
    return whole(submit, group.ids, Buffer.concat(parts), now);
  }
}

function whole(submit: ShortMessageFields, ids: string[], octets: Buffer, at: number): SmscMessage {
  const { dataCoding } = submit;
  const text = decodeText(octets, alphabetOf(dataCoding, "gsm")) ?? "";
  const plus = ({ ton, digits }: SmeAddress) => (ton === 1 ? `+${digits.replace(/^\+/, "")}` : digits);
  const { source, destination } = submit;
  return {
    from: plus(source),
    to: plus(destination),
    text,
    parts: ids.length,
    ids,
    dataCoding,
    at,
  };
}
