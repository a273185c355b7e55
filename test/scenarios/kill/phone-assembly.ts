import { tokenInOctets } from "./token.ts";

/** A submit_sm as the SMSC saw it. */
export interface SeenPart {
  readonly phone: string;
  readonly number: string;
  /** The user data header; empty where there is none. */
  readonly header: Buffer;
  /** The whole short message, header included. */
  readonly octets: Buffer;
  readonly coding: number;
}

/**
 * Joins parts as a phone does (3GPP TS 23.040, 9.2.3.24.1), over all lives of the SMSC. References have 8 bits, and one whose
 * rest never came would take parts of a later text: the token that all parts but a short last one carry keeps them apart.
 */
export class PhoneAssembly {
  readonly #groups = new Map<
    string,
    { readonly token: string | undefined; readonly parts: Map<number, Buffer> }
  >();

  /** The text that this part completes. */
  add({ phone, number, header, octets, coding }: SeenPart): string | undefined {
    const body = octets.subarray(header.length);
    if (header.length < 6 || header[1] !== 0) return decoded(body, coding);
    const [reference = 0, total = 1, index = 1] = header.subarray(3, 6);
    const key = `${number}>${phone}#${reference}/${total}`;
    const token = tokenInOctets(body);
    const held = this.#groups.get(key);
    const isOfIt =
      held !== undefined && (token === undefined || held.token === undefined || held.token === token);
    const group = isOfIt
      ? { ...held, token: held.token ?? token }
      : { token, parts: new Map<number, Buffer>() };
    this.#groups.set(key, group);
    group.parts.set(index, body);
    if (group.parts.size < total) return undefined;
    this.#groups.delete(key);
    const parts = [...group.parts].toSorted(([a], [b]) => a - b).map(([, part]) => part);
    return decoded(Buffer.concat(parts), coding);
  }
}

/** UCS-2, or GSM 03.38 of which the scenario uses only what is the same in ASCII. */
function decoded(octets: Buffer, coding: number): string {
  return coding === 8 ? Buffer.from(octets).swap16().toString("utf16le") : octets.toString("latin1");
}
