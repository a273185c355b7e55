import type { AccountStorage, Address, PortalAlias, StorageName } from "../../../src/adapter/index.ts";
import {
  DAY,
  type Milliseconds,
  type Sensitive,
  sensitive,
  type Timestamp,
} from "../../../src/model/index.ts";
import { Recent } from "../recent.ts";
import { Lock } from "../signal/lock.ts";

/** A group of ours: what it was opened for, and its person. */
export interface GroupEntry {
  readonly alias: PortalAlias;
  /** Its JID. */
  readonly group: string;
  /** The address that its person goes by here. */
  readonly to: Address;
  /** Other addresses by which the group names them. */
  readonly also: readonly Address[];
}

/** A group that WhatsApp was, or is about to be, asked to make. */
export interface Begun {
  readonly alias: PortalAlias;
  readonly to: Address;
  readonly subject: string;
  readonly at: Timestamp;
}

const BEGUN = "groups that were begun";
/** What was begun so long ago is tried no more. */
const TRIED: Milliseconds = 7 * DAY;
/** So many groups are at hand, strangers' too, so that their messages need no look into the store. */
const AT_HAND = 10_000;

/** Which group an alias has, which alias a group has, and what was begun; durable when a call resolves, each in one write. */
export class GroupBook {
  readonly #store: Pick<AccountStorage, "get" | "setAll">;
  readonly #changes = new Lock();
  readonly #atHand = new Recent<string, GroupEntry | "none">(AT_HAND);
  #begun: readonly Begun[] | undefined;

  constructor(store: Pick<AccountStorage, "get" | "setAll">) {
    this.#store = store;
  }

  async ofAlias(alias: PortalAlias): Promise<GroupEntry | undefined> {
    return read<GroupEntry>(await this.#store.get(ofAlias(alias)));
  }

  /** The entry of a group; undefined when it is none of ours. */
  async ofGroup(group: string): Promise<GroupEntry | undefined> {
    const known = this.#atHand.get(group);
    if (known !== undefined) return known === "none" ? undefined : known;
    const entry = read<GroupEntry>(await this.#store.get(ofGroup(group)));
    // Meanwhile it may have become ours.
    if (this.#atHand.get(group) === undefined) this.#atHand.set(group, entry ?? "none");
    return entry;
  }

  /** What was begun and isn't known to be there. */
  async begun(): Promise<readonly Begun[]> {
    this.#begun ??= read<readonly Begun[]>(await this.#store.get(BEGUN)) ?? [];
    return this.#begun;
  }

  /** Call it before WhatsApp is asked to make a group. */
  async begin(begun: Begun): Promise<void> {
    await this.#change(async () => {
      const others = (await this.#without(begun.alias)).filter(({ at }) => at > begun.at - TRIED);
      await this.#write([...others, begun], new Map());
    });
  }

  /** Nothing came of what was begun. */
  async drop(alias: PortalAlias): Promise<void> {
    await this.#change(async () => this.#write(await this.#without(alias), new Map()));
  }

  /** The group is there, and ours. */
  async keep(entry: GroupEntry): Promise<void> {
    await this.#change(async () => {
      const text = sensitive(JSON.stringify(entry));
      const records = new Map([
        [ofAlias(entry.alias), text],
        [ofGroup(entry.group), text],
      ]);
      await this.#write(await this.#without(entry.alias), records);
      this.#atHand.set(entry.group, entry);
    });
  }

  /** The group is ours no more. */
  async forget({ alias, group }: GroupEntry): Promise<void> {
    await this.#change(async () => {
      const records = new Map([
        [ofAlias(alias), undefined],
        [ofGroup(group), undefined],
      ]);
      await this.#write(await this.#without(alias), records);
      this.#atHand.set(group, "none");
    });
  }

  #change(work: () => Promise<void>): Promise<void> {
    return this.#changes.run(work);
  }

  async #without(alias: PortalAlias): Promise<readonly Begun[]> {
    return (await this.begun()).filter((one) => one.alias !== alias);
  }

  async #write(
    begun: readonly Begun[],
    records: ReadonlyMap<StorageName, Sensitive<string> | undefined>,
  ): Promise<void> {
    const note = begun.length === 0 ? undefined : sensitive(JSON.stringify(begun));
    await this.#store.setAll(new Map([...records, [BEGUN, note]]));
    this.#begun = begun;
  }
}

function ofAlias(alias: PortalAlias): StorageName {
  return `group of ${alias}`;
}

/** A group's id says when it was made, and opens it to whoever is in it. */
function ofGroup(group: string): StorageName {
  return sensitive(`group ${group}`);
}

function read<T>(stored: Sensitive<string> | undefined): T | undefined {
  return stored === undefined ? undefined : (JSON.parse(stored.expose()) as T); // of our own making, sealed
}
