import {
  addTransactionCapability,
  DEFAULT_CONNECTION_CONFIG,
  initAuthCreds,
  type SignalDataSet,
  type SignalDataTypeMap,
  type SignalKeyStore,
  type SignalRepositoryWithLIDStore,
} from "baileys";
import { pino } from "pino";
import type { Phone } from "./phone.ts";

/** A Signal key store that forgets with the process. */
export class MemoryKeys implements SignalKeyStore {
  readonly #values = new Map<string, unknown>();

  get<T extends keyof SignalDataTypeMap>(type: T, ids: string[]): { [id: string]: SignalDataTypeMap[T] } {
    const found = ids.flatMap((id) => {
      const value = this.#values.get(`${type}:${id}`);
      return value === undefined ? [] : [[id, value] as const];
    });
    return Object.fromEntries(found) as { [id: string]: SignalDataTypeMap[T] }; // put there by `set` under its type
  }

  set(data: SignalDataSet): void {
    for (const [type, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values ?? {})) {
        if (value === null) this.#values.delete(`${type}:${id}`);
        else this.#values.set(`${type}:${id}`, value);
      }
    }
  }

  /** Forgets all of a type, as a store does that was restored from an old backup. */
  lose(type: keyof SignalDataTypeMap): void {
    for (const key of [...this.#values.keys()]) if (key.startsWith(`${type}:`)) this.#values.delete(key);
  }

  clear(): void {
    this.#values.clear();
  }
}

const SILENT = pino({ level: "silent" });
const repositories = new WeakMap<Phone, SignalRepositoryWithLIDStore>();

/** What a phone encrypts with: the Signal part of baileys, with the phone's own keys. */
export function signalOf(phone: Phone): SignalRepositoryWithLIDStore {
  const made = repositories.get(phone) ?? makeRepository(phone);
  repositories.set(phone, made);
  return made;
}

function makeRepository(phone: Phone): SignalRepositoryWithLIDStore {
  const creds = {
    ...initAuthCreds(),
    signedIdentityKey: phone.identity,
    registrationId: phone.registration,
    signedPreKey: phone.signedPreKey,
  };
  const keys = addTransactionCapability(new MemoryKeys(), SILENT, {
    maxCommitRetries: 1,
    delayBetweenTriesMs: 1,
  });
  return DEFAULT_CONNECTION_CONFIG.makeSignalRepository({ creds, keys }, SILENT);
}
