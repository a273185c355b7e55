import type { Conversation, OpenRequest } from "../../model/conversation.ts";
import type { OwnWork } from "../own-commit.ts";
import { desksOf, wantedBy } from "./circle.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { handOver } from "./hand-over.ts";
import { setHome } from "./home.ts";
import { commitIn } from "./saga.ts";

/** `requests` where none is open: those that wait at the person's other accounts are answered here from now on. */
export async function requestsHere(scene: ErrandScene): Promise<Ending> {
  const { conversation: here, house } = scene;
  await setHome(scene);
  const desks = await desksOf(house, await wantedBy(scene));
  const others = desks.filter(({ conversation }) => conversation.id !== here.id);
  const open = others.flatMap(({ record }) => record.requests);
  if (open.length > 0) {
    await handOver(scene, open, here.id);
    for (const { conversation } of others)
      await commitIn(scene, conversation.id, "takenOver", (now) => without(now, open));
    return {};
  }
  // They may be here already, and listed: a crash came in between.
  const now = (await house.cache.get(here.id))?.record;
  const areHere = now?.origin === "desk" && now.requests.length > 0;
  return areHere ? {} : { say: [house.texts.requests({ open })] };
}

function without({ record }: Conversation, taken: readonly OpenRequest[]): OwnWork | undefined {
  if (record.origin !== "desk" || record.requests.length === 0) return undefined;
  const gone = new Set(taken.map(({ conversation }) => conversation));
  const requests = record.requests.filter(({ conversation }) => !gone.has(conversation));
  return { changes: [{ kind: "record", record: { ...record, requests } }], deliveries: [] };
}
