import type { Address } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";
import { e164 } from "./own-number.ts";

/** A person: `address` is the one that they go by here for ever, `also` the other form where it is known. */
export interface Person {
  readonly address: Sensitive<Address>;
  readonly also?: Sensitive<Address>;
}

/** The two forms in which WhatsApp names a person. */
type Form = "lid" | "phone";

/** What a JID's server part says of a person; hosted ones are those of businesses. Groups and the like are none. */
const FORMS: Readonly<Record<string, Form>> = {
  lid: "lid",
  "hosted.lid": "lid",
  "s.whatsapp.net": "phone",
  "c.us": "phone",
  hosted: "phone",
};

/** `user`, perhaps an agent and a device, and the server: baileys lib/WABinary/jid-utils.js (jidDecode). */
const JID = /^(\d{5,20})(?:_\d+)?(?::\d+)?@(.+)$/;
const LID = /^\d{5,20}@lid$/;
const PHONE = /^\+[1-9]\d{4,18}$/;

/** The address of the person whom a JID names, without the device; undefined when it names no person. */
export function addressOf(jid: string | undefined): Address | undefined {
  const [, user = "", server = ""] = JID.exec(jid ?? "") ?? [];
  const form = FORMS[server];
  if (form === undefined) return undefined;
  return form === "lid" ? `${user}@lid` : `+${user}`;
}

/** The JID that reaches an address, or undefined when it is none of WhatsApp's. */
export function jidOf(address: Address): string | undefined {
  if (LID.test(address)) return address;
  return PHONE.test(address) ? `${address.slice(1)}@s.whatsapp.net` : undefined;
}

/** Whether an address is a LID: the same in all chats of its owner, whether or not their number is known. */
export function isLid(address: Address): boolean {
  return LID.test(address);
}

/** The canonical form of what stands in a config: a number with `+`, or a LID. */
export function canonicalAddress(text: string): Address | undefined {
  const trimmed = text.trim();
  return LID.test(trimmed) ? trimmed : e164(trimmed);
}

/** What is known of a person's other form without asking the network. */
interface FormBook {
  /** The LID of the person with this phone JID, as Baileys learnt it. */
  lidOf(phoneJid: string): Promise<string | undefined>;
  /** The phone JID of the person with this LID, likewise. */
  phoneOf(lid: string): Promise<string | undefined>;
  /** Whether somebody goes by this phone number here, since nobody said their LID when they first wrote. */
  goesByPhone(phone: Address): Promise<boolean>;
  /** From now on they do. Durable when it resolves. */
  nameByPhone(phone: Address): Promise<void>;
}

/**
 * Gives each person one address, whichever form a stanza names them in: the LID, since it alone is always there and stays when
 * a number changes. Somebody who was first met by number alone keeps that as theirs.
 */
export class People {
  readonly #book: FormBook;

  constructor(book: FormBook) {
    this.#book = book;
  }

  /**
   * The person whom a JID names, `other` being the second form where a stanza has it; undefined when it is nobody's.
   * @throws when the book can't be read or written: then nothing may be taken in.
   */
  async of(jid: string | undefined, other?: string): Promise<Person | undefined> {
    const named = [addressOf(jid), addressOf(other)].filter((one) => one !== undefined);
    if (addressOf(jid) === undefined) return undefined;
    const toldLid = named.find((one) => isLid(one));
    const toldPhone = named.find((one) => !isLid(one));
    const lid = toldLid ?? (await this.#known(toldPhone, (known) => this.#book.lidOf(known)));
    const phone = toldPhone ?? (await this.#known(toldLid, (known) => this.#book.phoneOf(known)));
    if (lid === undefined) return phone === undefined ? undefined : this.#byPhone(phone);
    if (phone === undefined) return { address: sensitive(lid) };
    return (await this.#book.goesByPhone(phone)) ? person(phone, lid) : person(lid, phone);
  }

  async #known(
    address: Address | undefined,
    look: (jid: string) => Promise<string | undefined>,
  ): Promise<Address | undefined> {
    const jid = address === undefined ? undefined : jidOf(address);
    return jid === undefined ? undefined : addressOf(await look(jid));
  }

  async #byPhone(phone: Address): Promise<Person> {
    await this.#book.nameByPhone(phone);
    return { address: sensitive(phone) };
  }
}

function person(address: Address, also: Address): Person {
  return { address: sensitive(address), also: sensitive(also) };
}
