import { assertNever } from "../../model/assert-never.ts";
import type { Command } from "../../model/command.ts";
import { type Conversation, type DeskRecord, legOfSeat, type Seat } from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { NameProblem } from "../../model/texts.ts";
import { acceptName, type NameRule } from "../../privacy/pseudonyms.ts";
import { notice } from "../../routing/decide.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { desksOf, hereOf, type Meeting, meetingsOf } from "./circle.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { commitIn } from "./saga.ts";

/** Somebody takes another name in one conversation; the others are told, and see it from then on. */
export async function name(scene: ErrandScene, command: Extract<Command, { kind: "name" }>): Promise<Ending> {
  const { house } = scene;
  const here = await hereOf(scene);
  if ("say" in here) return { say: [here.say] };
  const { conversation, own } = here;
  const refuse = (why: NameProblem): Ending => ({
    say: [house.texts.nameRefused({ name: command.name, why })],
  });
  if (conversation.record.origin === "pair") return refuse("given");
  const answer = acceptName(command.name, await seenBeside(house, here));
  if (answer.kind === "refused") return refuse(problemOf(answer.rule));
  const { name: wanted } = answer;
  await commitIn(scene, conversation.id, "name", (now) => renaming(house, now, own, wanted));
  await renameAtDesks(scene, here, wanted);
  return { say: [house.texts.nameChanged({ name: wanted })] };
}

/** The live names that somebody in this conversation sees, but for the one that is to change. */
async function seenBeside(house: House, { conversation, own, others }: Meeting): Promise<readonly string[]> {
  const names = others.map((seat) => seat.name);
  for (const { person } of others) {
    const viewer = await house.people.byId(person);
    const meetings = viewer === undefined ? [] : await meetingsOf(house, viewer);
    for (const meeting of meetings.filter((each) => each.conversation.record.open))
      for (const seat of meeting.others)
        if (meeting.conversation.id !== conversation.id || seat.id !== own.id) names.push(seat.name);
  }
  return names.filter((each) => each !== "");
}

function renaming(house: House, now: Conversation, { id }: Seat, wanted: string): OwnWork | undefined {
  const seat = now.seats.find((each) => each.id === id);
  if (seat === undefined || seat.name === wanted) return undefined;
  const circumstances = circumstancesOf(house);
  const viewers = now.seats.filter((each) => each.id !== id && each.state === "accepted");
  const deliveries = viewers
    .flatMap((viewer) => legOfSeat(now, viewer) ?? [])
    .flatMap((leg): PlannedDelivery[] => [
      {
        id: circumstances.nextDeliveryId(),
        leg: leg.id,
        task: { kind: "updatePortal" },
        deadline: circumstances.now + circumstances.deadline,
      },
      notice(leg, house.texts.nameAnnounced({ before: seat.name, now: wanted }), circumstances),
    ]);
  return { changes: [{ kind: "seat", seat: { ...seat, name: wanted } }], deliveries };
}

/** Lists and requests show the new name, too. */
async function renameAtDesks(
  scene: ErrandScene,
  { conversation, others }: Meeting,
  wanted: string,
): Promise<void> {
  const { house } = scene;
  for (const { person } of others) {
    const viewer = await house.people.byId(person);
    for (const desk of viewer === undefined ? [] : await desksOf(house, viewer))
      await commitIn(scene, desk.conversation.id, "name", ({ record }) => {
        if (record.origin !== "desk") return undefined;
        const renamed = withName(record, conversation, wanted);
        return renamed && { changes: [{ kind: "record", record: renamed }], deliveries: [] };
      });
  }
}

function withName(record: DeskRecord, { id }: Conversation, name: string): DeskRecord | undefined {
  const isShown = [...record.threads, ...record.requests].some(({ conversation }) => conversation === id);
  if (!isShown) return undefined;
  const renamed = <T extends { readonly conversation: string }>(each: T): T =>
    each.conversation === id ? { ...each, name } : each;
  return { ...record, threads: record.threads.map(renamed), requests: record.requests.map(renamed) };
}

function problemOf(rule: NameRule): NameProblem {
  switch (rule) {
    case "taken":
      return "alike";
    case "contact":
    case "code":
      return "address";
    case "reserved":
      return "reserved";
    case "empty":
    case "too-long":
    case "hidden-characters":
    case "characters":
    case "first-letter":
      return "form";
    default:
      return assertNever(rule);
  }
}
