import type { AccountStorage } from "../../../src/adapter/index.ts";
import { type AuthenticationCreds, initAuthCreds, proto } from "../baileys.ts";
import { GROUP_RECORDS } from "../groups/book.ts";
import { NAME_RECORDS } from "../notes.ts";
import { decode, encode } from "./codec.ts";
import { AuthUnreadable } from "./errors.ts";
import { Records } from "./records.ts";
import { SignalKeys } from "./signal-keys.ts";

const CREDS = "creds";
/** What WhatsApp and the house still know after a log-out. */
const KEPT = [...GROUP_RECORDS, ...NAME_RECORDS];

/** An account's place in WhatsApp: its keys, and those of everyone whom it talks with. */
export interface Auth {
  /** As baileys wants it. `creds` is the same object for as long as the process lives. */
  readonly state: { readonly creds: AuthenticationCreds; readonly keys: SignalKeys };
  /** Durable when it resolves. Call it at each `creds.update`. */
  saveCreds(): Promise<void>;
  /** Whether a phone has linked it. */
  readonly isPaired: boolean;
  /**
   * Drops a pairing code that nobody entered: with it the next connection would log in, be refused with 401, and look logged
   * out. Call it before each connection.
   */
  tidyPairing(): void;
  /**
   * Forgets everything, also what others store for the account, but the groups that it has and by what people go: it was logged out. New keys are made
   * for its next pairing.
   */
  forget(): Promise<void>;
}

/**
 * Opens an account's keys; new ones are made only where there is nothing.
 * @throws AuthUnreadable, AuthRolledBack (then `forgetAuth` is the way out), or what the storage throws while it is away.
 */
export async function openAuth(storage: AccountStorage): Promise<Auth> {
  const records = await Records.open(storage);
  const text = (await records.read([CREDS])).get(CREDS);
  return new StoredAuth(storage, records, text === undefined ? initAuthCreds() : parse(text));
}

/** Forgets an account's keys where they can't be opened, so that it can be paired again. */
export async function forgetAuth(storage: AccountStorage): Promise<void> {
  await Records.forget(storage, KEPT);
}

class StoredAuth implements Auth {
  readonly state: Auth["state"];
  readonly #storage: AccountStorage;
  #records: Records;

  constructor(storage: AccountStorage, records: Records, creds: AuthenticationCreds) {
    this.#storage = storage;
    this.#records = records;
    const keys = new SignalKeys(
      () => this.#records,
      () => [CREDS, encode(this.state.creds)],
    );
    this.state = { creds, keys };
  }

  get isPaired(): boolean {
    return this.state.creds.account !== undefined;
  }

  saveCreds(): Promise<void> {
    return this.#records.write(new Map([[CREDS, encode(this.state.creds)]]));
  }

  tidyPairing(): void {
    if (this.isPaired) return;
    const { creds } = this.state;
    delete creds.me;
    creds.pairingCode = undefined;
    creds.registered = false;
  }

  async forget(): Promise<void> {
    this.#records = await Records.forget(this.#storage, KEPT);
    const { creds } = this.state;
    for (const name of Object.keys(creds)) Reflect.deleteProperty(creds, name);
    Object.assign(creds, initAuthCreds());
  }
}

function parse(text: string): AuthenticationCreds {
  try {
    // Written by `saveCreds`; what all else hangs on is looked at.
    const creds = decode(text) as AuthenticationCreds;
    const own = [creds.noiseKey, creds.signedIdentityKey, creds.signedPreKey.keyPair];
    const isWhole = own.every(
      (pair) => pair.private instanceof Uint8Array && pair.public instanceof Uint8Array,
    );
    if (!isWhole || typeof creds.registrationId !== "number") throw new TypeError("found creds without keys");
    // A class of protobuf writes its octets as base64 texts.
    if (creds.account) creds.account = proto.ADVSignedDeviceIdentity.fromObject(creds.account);
    return creds;
  } catch (cause) {
    throw new AuthUnreadable({ cause });
  }
}
