import type { PersonId } from "../../model/ids.ts";
import { Conversations } from "../conversations.ts";
import { familyOf, partsOf } from "../family-of.ts";
import { People } from "../people.ts";
import { StoreAway } from "../redis/errors.ts";
import { scanNames } from "../scan.ts";
import type { Store } from "../store.ts";

/**
 * Seats of guests who became a part of somebody are theirs as soon as their conversations are loaded; before a backup that is done, so
 * that persons and conversations of one backup agree. May be repeated. @throws StoreAway
 */
export async function settleSeats(store: Store): Promise<void> {
  for await (const page of scanNames(store.connection)) {
    const people = new People(store);
    const conversations = new Conversations(store, people);
    const persons = page.filter((name) => familyOf(name) === "person");
    const isGuest = await Promise.all(persons.map((name) => store.connection.command("HEXISTS", name, "a")));
    for (const [i, name] of persons.entries()) {
      if (isGuest[i] !== 1) continue;
      const [id = ""] = partsOf("person", name);
      try {
        const guest = await people.own(id as PersonId); // keys.ts named it
        for (const { conversation } of guest === undefined ? [] : await people.seats(guest.handle))
          await conversations.load(conversation);
      } catch (error) {
        if (error instanceof StoreAway) throw error; // of what can't be opened the export says how many there are
      }
    }
  }
}
