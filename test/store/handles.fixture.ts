import { newHandleCode } from "../../src/consent/handle-code.ts";
import {
  type Handle,
  type HandleCode,
  type HandleId,
  type HandleLabel,
  handleLabel,
} from "../../src/model/handle.ts";
import type { Random } from "../../src/model/time.ts";
import { Handles, type NewHandle } from "../../src/store/handles.ts";
import type { PersonHandle } from "../../src/store/people.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { texts } from "../../src/store/reply.ts";
import { newId, type Process } from "./fixture.ts";

/** The handles as a process has them. */
export function handlesOf(
  { store, people }: Process,
  newCode: (random: Random) => HandleCode = newHandleCode,
): Handles {
  return new Handles(store, people, newCode);
}

export function label(text: string): HandleLabel {
  const made = handleLabel(text);
  if (made === undefined) throw new RangeError("no label");
  return made;
}

export function wanted(name: string, more: Partial<NewHandle> = {}): NewHandle {
  return { id: newId<HandleId>(), label: label(name), policy: "ask", ...more };
}

/** Makes one. @throws when it isn't made. */
export async function makeHandle(
  handles: Handles,
  owner: PersonHandle,
  name: string,
  more: Partial<NewHandle> = {},
): Promise<Handle> {
  const reply = await handles.create(owner, wanted(name, more));
  if (reply.kind !== "made") throw new Error(`not made: ${reply.kind}`);
  return reply.handle;
}

/** The keys that lead from codes to handles. */
export async function leadsIn(connection: Connection): Promise<readonly string[]> {
  return texts(await connection.command("KEYS", "{h:*"));
}
