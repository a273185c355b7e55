import type { LinkConfig } from "../config.ts";
import type { SmsPortal } from "../portal.ts";
import { ESM, TAG } from "../smpp/constants.ts";
import type { ShortMessageFields, SmeAddress, Tlv } from "../smpp/pdu.ts";
import { encodePart, type Segments } from "../text/segment.ts";
import { concatenationHeader } from "../text/udh.ts";

/** One part of a message on its way out. */
interface PartToSend {
  readonly link: LinkConfig;
  readonly portal: SmsPortal;
  readonly segments: Segments;
  /** The concatenation reference; without meaning when there is one part. */
  readonly reference: number;
  /** 1..total */
  readonly index: number;
  readonly userReference: number;
  readonly validityMinutes: number | undefined;
}

/** The fields of its submit_sm. Only part 1 asks for a receipt. */
export function submitFields(part: PartToSend): ShortMessageFields {
  const { link, portal, segments, reference, index } = part;
  const total = segments.parts.length;
  const isLong = total > 1;
  const text = segments.parts[index - 1] ?? "";
  const { dataCoding, octets } = encodePart(text, segments.coding, link.defaultAlphabet);
  return {
    serviceType: link.serviceType,
    source: addressOf(portal.number, link.source),
    destination: addressOf(portal.to, link.destination),
    esmClass: isLong ? ESM.udh : 0,
    protocolId: 0,
    priority: 0,
    scheduled: "",
    validity: part.validityMinutes === undefined ? "" : relativeTime(part.validityMinutes),
    registeredDelivery: link.receipts && index === 1 ? 1 : 0,
    replaceIfPresent: 0,
    dataCoding,
    defaultMessageId: 0,
    text: isLong ? Buffer.concat([concatenationHeader(reference, total, index), octets]) : octets,
    tlvs: link.userReference ? [userReferenceTlv(part.userReference)] : [],
  };
}

function addressOf(number: string, form: LinkConfig["source"]): SmeAddress {
  return { ton: form.ton, npi: form.npi, digits: form.plus ? number : number.replace(/^\+/, "") };
}

function userReferenceTlv(reference: number): Tlv {
  const value = Buffer.alloc(2);
  value.writeUInt16BE(reference);
  return { tag: TAG.userMessageReference, value };
}

/** A span of time from now as SMPP writes it (7.1.1.2): YYMMDDhhmmsstnnR. At most 28 days. */
export function relativeTime(minutes: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `0000${two(minutes / 1440)}${two((minutes / 60) % 24)}${two(minutes % 60)}00000R`;
}
