import { formatHandleCode } from "../../consent/handle-code.ts";
import { legOfSeat } from "../../model/conversation.ts";
import type { OwnConversation, OwnData } from "../../model/texts.ts";
import { dayOf } from "../../model/texts.ts";
import { DAY, type Timestamp } from "../../model/time.ts";
import { asSeen } from "../../routing/shape.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import { type Meeting, meetingsOf, wantedBy } from "./circle.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { identityName } from "./link-parts.ts";
import { titlesOf } from "./show-me.ts";

/** A message isn't longer than this, in characters: what is stored is given in several. */
const LONGEST = 4_000;

/** `export`: what is stored about the writer. Nothing of it is more than they see anyway. */
export async function exportData(scene: ErrandScene): Promise<Ending> {
  const { house } = scene;
  const me = await wantedBy(scene);
  return { say: inParts(house.texts.exported(await dataOf(house, me)), LONGEST) };
}

async function dataOf(house: House, me: PersonHandle): Promise<OwnData> {
  const day = (at: Timestamp): string => dayOf(at, house.clock.now(), house.timeZone);
  const identities = await house.people.identities(me);
  const { prefer = [], unguarded = false } = await house.settings.of(me);
  const listed = async (kind: "block" | "mute") =>
    (await house.blocks.list(me, kind)).map(({ name, at }) => ({ name, since: day(at) }));
  const handles = await house.handles.list(me);
  return {
    since: day(await house.people.since(me)),
    accounts: identities.map((each) => ({ account: identityName(each, house), since: day(each.verifiedAt) })),
    // of the whole house: where the others read isn't told
    kept: house.networks().flatMap(({ title, keepsSent }) => {
      return keepsSent === undefined ? [] : [{ network: title, days: Math.ceil(keepsSent / DAY) }];
    }),
    prefer: titlesOf(prefer, house),
    guarded: !unguarded,
    handles: handles.map(({ code, expiresAt, label }) => ({
      ...{ label, code: formatHandleCode(code) },
      until: expiresAt === undefined ? undefined : day(expiresAt),
    })),
    conversations: (await meetingsOf(house, me)).flatMap((meeting) => listedAs(meeting, house)),
    blocked: await listed("block"),
    muted: await listed("mute"),
    stopped: (await stoppedOf(house, identities)).map((each) => identityName(each, house)),
  };
}

async function stoppedOf({ optOuts }: House, identities: readonly Identity[]): Promise<readonly Identity[]> {
  const stopped: Identity[] = [];
  for (const identity of identities)
    if (await optOuts.isOut(identity.address, [{ kind: "service" }])) stopped.push(identity);
  return stopped;
}

function listedAs({ conversation, others, own }: Meeting, house: House): readonly OwnConversation[] {
  const { record } = conversation;
  const [other] = others;
  if (other === undefined) return [];
  const leg = legOfSeat(conversation, own);
  const isRequest = record.origin === "contact" && record.answer === undefined;
  const isOwner = record.origin === "contact" && record.owner === own.id;
  const state = (): OwnConversation["state"] => {
    // Which handles are one person's isn't said to who asks at one.
    if (isRequest && !isOwner && record.open) return "asks";
    if (own.state === "blocked") return "blocked";
    if (!record.open || own.state === "left") return "ended";
    if (isRequest) return isOwner ? "asked" : "asks";
    return own.muted === true ? "muted" : "open";
  };
  return [
    {
      ...asSeen(other, conversation),
      ...{ own: own.name, network: leg && house.capabilities(leg.account).title, state: state() },
    },
  ];
}

/** Cut between lines; a line is never longer than a part. */
function inParts(text: string, longest: number): readonly string[] {
  const parts: string[] = [];
  for (const line of text.split("\n")) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= longest)
      parts[parts.length - 1] = `${last}\n${line}`;
    else parts.push(line);
  }
  return parts;
}
