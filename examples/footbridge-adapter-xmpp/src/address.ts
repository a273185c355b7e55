import type { Address } from "footbridge/adapter";

const LOCAL = /^[^\p{Cc}\p{Z}"&'/:<>@]{1,255}$/u;
const DOMAIN = /^[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*$/u;

/** The canonical form of a person's bare JID (`ana@example.org`, lower case), or undefined when it can't be one (RFC 7622). */
export function canonicalJid(text: string): Address | undefined {
  const [local = "", domain = "", more] = text.trim().normalize("NFC").toLowerCase().split("@");
  if (more !== undefined || domain.length > 253 || !LOCAL.test(local) || !DOMAIN.test(domain))
    return undefined;
  return `${local}@${domain}`;
}

/** A full JID without the resource (`ana@example.org/phone`), canonical; undefined when nobody writes from such a one. */
export function personOf(jid: string | undefined): Address | undefined {
  return jid === undefined ? undefined : canonicalJid(jid.split("/", 1)[0] ?? "");
}

/** What stands before the @ of an address at our own domain; undefined when it is another's. */
export function localPart(jid: string | undefined, domain: string): string | undefined {
  const [local, at, more] = (jid?.split("/", 1)[0] ?? "").toLowerCase().split("@");
  return at === domain && more === undefined && local !== "" ? local : undefined;
}
