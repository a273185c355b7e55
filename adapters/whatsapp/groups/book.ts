import type { AccountStorage, Address, PortalAlias, StorageName } from "../../../src/adapter/index.ts";
import {
  DAY,
  type Milliseconds,
  type Sensitive,
  sensitive,
  type Timestamp,
} from "../../../src/model/index.ts";
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

const OURS = "groups that are ours";
const BEGUN = "groups that were begun";
/** The records of this book. They outlive a link with the phone: WhatsApp's groups do, too. */
export const GROUP_RECORDS: readonly StorageName[] = [OURS, BEGUN];
/** What was begun so long ago is tried no more. */
const TRIED: Milliseconds = 7 * DAY;

/** All that the book says. Each of the two is one record, sealed as a whole, so that it is found without a name. */
interface Page {
  readonly ours: readonly GroupEntry[];
  readonly begun: readonly Begun[];
}

/** Which group an alias has, which alias a group has, and what was begun; durable when a call resolves, each in one write. */
export class GroupBook {
  readonly #store: Pick<AccountStorage, "getAll" | "setAll">;
  readonly #changes = new Lock();
  #page: Page | undefined;
  /** The page's groups, by their JID: each message of any group is looked up here. */
  #byGroup: ReadonlyMap<string, GroupEntry> = new Map();

  constructor(store: Pick<AccountStorage, "getAll" | "setAll">) {
    this.#store = store;
  }

  async ofAlias(alias: PortalAlias): Promise<GroupEntry | undefined> {
    return (await this.#read()).ours.find((one) => one.alias === alias);
  }

  /** The entry of a group; undefined when it is none of ours. */
  async ofGroup(group: string): Promise<GroupEntry | undefined> {
    await this.#read();
    return this.#byGroup.get(group);
  }

  /** What was begun and isn't known to be there. */
  async begun(): Promise<readonly Begun[]> {
    return (await this.#read()).begun;
  }

  /** Call it before WhatsApp is asked to make a group. */
  begin(begun: Begun): Promise<void> {
    return this.#change(({ ours, begun: before }) => {
      const others = without(before, begun.alias).filter(({ at }) => at > begun.at - TRIED);
      return { ours, begun: [...others, begun] };
    });
  }

  /** Nothing came of what was begun. */
  drop(alias: PortalAlias): Promise<void> {
    return this.#change(({ ours, begun }) => ({ ours, begun: without(begun, alias) }));
  }

  /** The group is there, and ours. */
  keep(entry: GroupEntry): Promise<void> {
    return this.#change(({ ours, begun }) => ({
      ours: [...without(ours, entry.alias).filter(({ group }) => group !== entry.group), entry],
      begun: without(begun, entry.alias),
    }));
  }

  /** The group is ours no more. */
  forget({ alias, group }: GroupEntry): Promise<void> {
    return this.#change(({ ours, begun }) => ({
      ours: without(ours, alias).filter((one) => one.group !== group),
      begun: without(begun, alias),
    }));
  }

  #change(make: (page: Page) => Page): Promise<void> {
    return this.#changes.run(async () => {
      const before = await this.#read();
      const page = make(before);
      if (JSON.stringify(page) === JSON.stringify(before)) return;
      await this.#store.setAll(
        new Map([
          [OURS, written(page.ours)],
          [BEGUN, written(page.begun)],
        ]),
      );
      this.#show(page);
    });
  }

  async #read(): Promise<Page> {
    if (this.#page !== undefined) return this.#page;
    const found = await this.#store.getAll(GROUP_RECORDS);
    // Somebody else may have read it, and changed it, meanwhile.
    this.#page ??= this.#show({
      ours: read<GroupEntry>(found.get(OURS)),
      begun: read<Begun>(found.get(BEGUN)),
    });
    return this.#page;
  }

  #show(page: Page): Page {
    this.#byGroup = new Map(page.ours.map((entry) => [entry.group, entry]));
    this.#page = page;
    return page;
  }
}

function without<T extends { readonly alias: PortalAlias }>(
  all: readonly T[],
  alias: PortalAlias,
): readonly T[] {
  return all.filter((one) => one.alias !== alias);
}

function written(all: readonly unknown[]): Sensitive<string> | undefined {
  return all.length === 0 ? undefined : sensitive(JSON.stringify(all));
}

function read<T>(stored: Sensitive<string> | undefined): readonly T[] {
  return stored === undefined ? [] : (JSON.parse(stored.expose()) as T[]); // of our own making, sealed
}
