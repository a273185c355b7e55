import type { LinkCode } from "../model/handle.ts";
import type { CanonicalId, ConversationId, PersonId } from "../model/ids.ts";
import { MINUTE, type Milliseconds, type Random, type Timestamp } from "../model/time.ts";
import { UnknownKey } from "../privacy/errors.ts";
import { keys } from "./keys.ts";
import { text } from "./reply.ts";
import type { Store } from "./store.ts";

/** How long a link code can be used. */
export const LINK_CODE_LIFETIME: Milliseconds = 10 * MINUTE;

/** Codes are tried until one is free; of 100,000,000 so many in a row are never in use. */
const TRIES = 20;

/** Who gave a code out, and the desk at which they did. The person may have been forgotten meanwhile. */
interface LinkOffer {
  readonly person: PersonId;
  readonly desk: ConversationId;
}

/** What stands sealed under a code; `mark` is what the person's key holds while this is their last one. */
interface Sealed extends LinkOffer {
  readonly mark: string;
  readonly until: Timestamp;
}

/**
 * Codes that join two accounts: one for each person at a time, used once. `{h:<lookup>}` leads from the code to the person;
 * `{p:<person>}` says which code is theirs and who took it, so that both are decided in one slot.
 */
export class LinkCodes {
  readonly #store: Store;
  readonly #newCode: (random: Random) => LinkCode;

  constructor(store: Store, newCode: (random: Random) => LinkCode) {
    this.#store = store;
    this.#newCode = newCode;
  }

  /** A new code for a person, in place of the one that they had. */
  async issue({ id: person }: { readonly id: PersonId }, desk: ConversationId): Promise<LinkCode> {
    const { connection, vault } = this.#store;
    const mark = vault.newId();
    const until = vault.clock.now() + LINK_CODE_LIFETIME;
    const code = await this.#write({ person, desk, mark, until });
    await connection.command("SET", keys.personLink(person), mark, "PX", LINK_CODE_LIFETIME);
    return code;
  }

  /** Whose a code is, without using it. Undefined: not in use, used, replaced or too late. */
  async peek(code: LinkCode): Promise<LinkOffer | undefined> {
    const sealed = await this.#read(code);
    if (sealed === undefined) return undefined;
    const held = text(await this.#store.connection.command("GET", keys.personLink(sealed.person)));
    return held === sealed.mark ? offerOf(sealed) : undefined;
  }

  /**
   * Uses a code up: of all who ask, one taker gets it. `taker` is the event that asks; asked again for the same event, the
   * answer is the same, as long as the code lives. Undefined as `peek`.
   */
  async take(code: LinkCode, taker: CanonicalId): Promise<LinkOffer | undefined> {
    const { connection, scripts, vault } = this.#store;
    const sealed = await this.#read(code);
    if (sealed === undefined) return undefined;
    const args = [sealed.mark, vault.keyring.code("link-taker", taker)];
    const taken = await connection.call(scripts.link_take, [keys.personLink(sealed.person)], args);
    return taken === 1 ? offerOf(sealed) : undefined;
  }

  /** Ends the code that a person gave out, if there is one. */
  async cancel(person: PersonId): Promise<void> {
    await this.#store.connection.command("DEL", keys.personLink(person));
  }

  async #write(offer: Sealed): Promise<LinkCode> {
    const { connection, vault } = this.#store;
    for (let i = 0; i < TRIES; i++) {
      const code = this.#newCode(vault.random);
      const lookup = vault.keyring.code("link", code);
      const sealed = vault.sealFor("24h", "link-code", lookup, JSON.stringify(offer));
      const args = [keys.linkCode(lookup), sealed, "NX", "PX", LINK_CODE_LIFETIME] as const;
      if ((await connection.command("SET", ...args)) !== null) return code;
    }
    throw new Error(`${TRIES} random link codes in a row were in use: the source of randomness is broken`);
  }

  async #read(code: LinkCode): Promise<Sealed | undefined> {
    const { connection, vault } = this.#store;
    const lookup = vault.keyring.code("link", code);
    const sealed = await connection.command("GET", keys.linkCode(lookup));
    if (!Buffer.isBuffer(sealed)) return undefined;
    try {
      const plain: unknown = JSON.parse(vault.open("link-code", lookup, sealed).toString());
      const offer = plain as Sealed; // authenticated: we wrote it
      return offer.until > vault.clock.now() ? offer : undefined;
    } catch (error) {
      if (error instanceof UnknownKey) return undefined; // its hour's key is gone: long over
      throw error;
    }
  }
}

function offerOf({ person, desk }: Sealed): LinkOffer {
  return { person, desk };
}
