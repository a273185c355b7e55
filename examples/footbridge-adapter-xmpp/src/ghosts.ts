import { type AccountStorage, sensitive } from "footbridge/adapter";

/** One of ours, as somebody knows it: a participant of one conversation under their pseudonym there, or the bridge. */
export interface Ghost {
  readonly name: string;
  /** The one person who may write to it. */
  readonly person: string;
}

/** How many are kept in memory, so that not each message asks the store. */
const REMEMBERED = 2_000;

/** Who lives at our domain: stored, since people's clients ask for them whenever they like, and after a restart too. */
export class Ghosts {
  readonly #storage: AccountStorage;
  readonly #known = new Map<string, Ghost | undefined>();

  constructor(storage: AccountStorage) {
    this.#storage = storage;
  }

  /** The ghost of this name before the @, or undefined when there is none. */
  async of(local: string): Promise<Ghost | undefined> {
    if (this.#known.has(local)) return this.#known.get(local);
    const stored = await this.#storage.get(nameOf(local));
    const ghost = stored === undefined ? undefined : read(stored.expose());
    this.#remember(local, ghost);
    return ghost;
  }

  /** Stores a ghost, or its new name. */
  async set(local: string, ghost: Ghost): Promise<void> {
    await this.#storage.set(nameOf(local), sensitive(JSON.stringify(ghost)));
    this.#remember(local, ghost);
  }

  /** Its conversation is over. */
  async forget(local: string): Promise<void> {
    await this.#storage.delete(nameOf(local));
    this.#remember(local, undefined);
  }

  #remember(local: string, ghost: Ghost | undefined): void {
    this.#known.delete(local);
    this.#known.set(local, ghost);
    const [oldest] = this.#known.keys();
    if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }
}

/** What people write to may be any name: only our own making (base32) is shown to the store. */
function nameOf(local: string) {
  return sensitive(`ghost ${local}`);
}

function read(text: string): Ghost | undefined {
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || !("name" in value) || !("person" in value))
    return undefined;
  const { name, person } = value;
  return typeof name === "string" && typeof person === "string" ? { name, person } : undefined;
}
