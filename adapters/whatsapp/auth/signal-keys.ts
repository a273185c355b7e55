import { proto, type SignalDataSet, type SignalDataTypeMap, type SignalKeyStore } from "../baileys.ts";
import { decode, encode } from "./codec.ts";
import { AuthUnreadable } from "./errors.ts";
import type { Records } from "./records.ts";

type Type = keyof SignalDataTypeMap;

/**
 * What baileys and libsignal keep: sessions, prekeys, sender keys, device lists. One `set` is one durable write, done when it
 * resolves.
 */
export class SignalKeys implements SignalKeyStore {
  readonly #records: () => Records;
  /** The account's own keys as a record: they count which prekeys there are. */
  readonly #creds: () => readonly [name: string, text: string];

  constructor(records: () => Records, creds: () => readonly [name: string, text: string]) {
    this.#records = records;
    this.#creds = creds;
  }

  async get<T extends Type>(type: T, ids: string[]): Promise<{ [id: string]: SignalDataTypeMap[T] }> {
    const found = await this.#records().read(ids.map((id) => nameOf(type, id)));
    const values: { [id: string]: SignalDataTypeMap[T] } = {};
    for (const id of ids) {
      const text = found.get(nameOf(type, id));
      if (text !== undefined) values[id] = parse(type, text);
    }
    return values;
  }

  /** `also`: what is written with it, by the records' own names. */
  async set(data: SignalDataSet, also: ReadonlyMap<string, string> = new Map()): Promise<void> {
    const changes = new Map<string, string | undefined>(also);
    for (const [type, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values ?? {})) {
        // The set's own type; null deletes.
        changes.set(nameOf(type as Type, id), value === null ? undefined : encode(value));
      }
    }
    // With the prekeys what counts them: else a crash could make a prekey of the same number anew, which nobody could use.
    if (Object.values(data["pre-key"] ?? {}).some((key) => key !== null)) changes.set(...this.#creds());
    if (changes.size > 0) await this.#records().write(changes);
  }

  /** From now on a listener hears of each failure to read or write, before whoever asked does. Gives how to end that. */
  onFailure(listener: (error: unknown) => void): () => void {
    return this.#records().onFailure(listener);
  }

  /** Texts of the records' own names. */
  read(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#records().read(names);
  }
}

function nameOf(type: Type, id: string): string {
  return `key ${type} ${id}`;
}

/** A fresh value at each call: baileys changes some of what it gets. */
function parse<T extends Type>(type: T, text: string): SignalDataTypeMap[T] {
  try {
    const value = decode(text);
    // Written by `set` under its type; this one is a class, and was written as what it is made of.
    const made =
      type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(object(value)) : value;
    return made as SignalDataTypeMap[T];
  } catch (cause) {
    throw new AuthUnreadable({ cause });
  }
}

function object(value: unknown): { [name: string]: unknown } {
  if (typeof value !== "object" || value === null) throw new AuthUnreadable();
  return { ...value };
}
