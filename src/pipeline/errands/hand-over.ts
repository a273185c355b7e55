import type { Conversation, OpenRequest } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import type { ErrandScene } from "./errand.ts";
import { deskLeg } from "./link-parts.ts";
import { commitIn } from "./saga.ts";

/**
 * What was asked at one desk of a person is answered at another one from now on, by new numbers, and ends there when nobody
 * answers. May be repeated. @throws StoreAway
 */
export async function handOver(
  scene: ErrandScene,
  requests: readonly OpenRequest[],
  to: ConversationId,
): Promise<void> {
  if (requests.length === 0) return;
  await commitIn(scene, to, "handOver", (now) => handed(now, requests, scene.house));
  for (const { conversation } of requests)
    await commitIn(scene, conversation, "handedOver", ({ record }) =>
      record.origin === "contact"
        ? { changes: [{ kind: "record", record: { ...record, desk: to } }], deliveries: [] }
        : undefined,
    );
}

function handed(desk: Conversation, requests: readonly OpenRequest[], house: House): OwnWork | undefined {
  const { record } = desk;
  const leg = deskLeg(desk);
  if (record.origin !== "desk" || leg === undefined) return undefined;
  const { lastRequest } = record;
  const open = requests.map((request, i) => ({ ...request, number: lastRequest + 1 + i }));
  const all = [...record.requests, ...open];
  const next = { ...record, requests: all, lastRequest: lastRequest + open.length };
  return {
    changes: [{ kind: "record", record: next }],
    deliveries: [notice(leg, house.texts.requests({ open: all }), circumstancesOf(house))],
  };
}
