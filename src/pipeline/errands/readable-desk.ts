import type { Conversation, ConversationRecord } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { notice, opening } from "../../routing/decide.ts";
import type { PersonHandle } from "../../store/people.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { commitStep, type ErrandHandler, type ErrandScene } from "./errand.ts";
import { handOver } from "./hand-over.ts";
import { askedAt, isOurs, readableDesks } from "./home.ts";
import { deskLeg, wanter } from "./link-parts.ts";
import { onDesk } from "./say.ts";

const STEP = { shown: 0 } as const;

/**
 * Somebody's chat with the bridge can't be read: they get another one, the same however many such chats they begin, and are
 * asked there from now on.
 */
export const readableDesk: ErrandHandler<"readable-desk"> = async (scene) => {
  const { conversation, house, leg } = scene;
  const person = await wanter(scene);
  const desk = (await otherDesk(scene, person)) ?? (await scene.desks.ofOurs(leg.account, leg.to, person));
  await commitStep(scene, desk.id, STEP.shown, (now) => shown(now, house));
  const { record } = conversation;
  await handOver(scene, record.origin === "desk" ? record.requests : [], desk.id);
  await house.settings.set(person, "home", desk.id);
  return {
    say: [house.texts.encryptedRoom({ invited: isOurs(desk) })],
    record: await withoutHandedOver(house, desk.id),
  };
};

/** A desk of the same account of theirs that can be read, where they are or can be asked in. */
async function otherDesk(
  { conversation, house, leg }: ErrandScene,
  person: PersonHandle,
): Promise<Conversation | undefined> {
  const all = await readableDesks(house, person, leg);
  const others = all.filter(({ id }) => id !== conversation.id);
  return askedAt(others, (await house.settings.of(person)).home);
}

function shown(desk: Conversation, house: House): OwnWork | undefined {
  const leg = deskLeg(desk);
  if (leg === undefined) return undefined;
  const circumstances = circumstancesOf(house);
  const said = notice(leg, house.texts.readableRoom(), circumstances);
  if (!isOurs(desk)) return { changes: [], deliveries: [said] };
  return {
    changes: leg.away ? [{ kind: "leg", leg: { ...leg, away: false } }] : [],
    deliveries: [opening(leg, circumstances), said],
  };
}

/** A request that came meanwhile, and isn't at the other desk, stays where it was asked. */
async function withoutHandedOver(
  { cache }: House,
  id: ConversationId,
): Promise<(record: ConversationRecord) => ConversationRecord> {
  const there = (await cache.get(id))?.record;
  const handed = new Set(there?.origin === "desk" ? there.requests.map((each) => each.conversation) : []);
  return onDesk((desk) => ({
    ...desk,
    requests: desk.requests.filter((request) => !handed.has(request.conversation)),
  }));
}
