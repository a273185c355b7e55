import type { Address, NativeChat } from "../../../src/adapter/index.ts";
import { sensitive } from "../../../src/model/index.ts";
import type { Groups } from "../groups/groups.ts";
import { formsOf } from "../groups/members.ts";
import type { People, Person } from "../people.ts";
import { chatNameOf, chatOf } from "../portal.ts";
import type { Own } from "./stanza.ts";

/** Where something was said, and by whom. */
export interface Heard {
  readonly person: Person;
  readonly chat: NativeChat;
  /** The chat as refs name it. */
  readonly name: string;
  /** The group's JID; absent in a chat of two. */
  readonly group?: string;
}

/** Who is named by a stanza: their JID, the other form of it where that is there, and the group where it is of one. */
interface Source {
  readonly jid: string;
  readonly otherJid?: string;
  readonly group?: string;
}

interface RoomsParts {
  readonly own: () => Own;
  readonly people: People;
  readonly groups: Pick<Groups, "mayBeOurs" | "of">;
}

/** Tells which chats are ours: those with a person, and the groups that we made for one. */
export class Rooms {
  readonly #parts: RoomsParts;

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  /** @throws when that can't be told now: then nothing may be taken in. */
  async of({ jid, otherJid, group }: Source): Promise<Heard | undefined> {
    const { people, groups } = this.#parts;
    // Nobody of other people's groups is looked up, or remembered.
    if (group !== undefined && !(await groups.mayBeOurs(group))) return undefined;
    const person = await people.of(jid, otherJid);
    if (person === undefined) return undefined;
    if (group === undefined) return this.#heard(person, person.address.expose());
    const entry = await groups.of(group, person);
    return entry && this.#heard(asKnown(person, entry.to), entry.to, group);
  }

  #heard(person: Person, to: Address, group?: string): Heard {
    const { number } = this.#parts.own();
    const portal = { number, to, ...(group === undefined ? {} : { group }) };
    const where = { person, chat: chatOf(portal), name: chatNameOf(portal) };
    return group === undefined ? where : { ...where, group };
  }
}

/** The person by the address that their group was opened for. */
function asKnown(person: Person, to: Address): Person {
  const [other] = formsOf(person).filter((one) => one !== to);
  return { address: sensitive(to), ...(other === undefined ? {} : { also: sensitive(other) }) };
}
