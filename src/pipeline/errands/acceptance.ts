import { readerOn } from "../../commands/place.ts";
import {
  applyChanges,
  type Change,
  type ContactRecord,
  type Conversation,
  isWaiting,
  type Leg,
} from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { ConversationId } from "../../model/ids.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import { notice, opening } from "../../routing/decide.ts";
import type { Circumstances } from "../../routing/effects.ts";
import { hopText } from "../../routing/hop.ts";
import { shapeFor } from "../../routing/shape.ts";
import type { Vault } from "../../store/vault.ts";
import type { OwnWork } from "../own-commit.ts";
import { type Sides, sidesOf } from "./acquaintance.ts";
import { isQuiet } from "./ask-owner.ts";
import { type KeptText, openText } from "./kept-text.ts";
import type { Seating } from "./seating.ts";

/** Where both sides of a conversation are reached from now on. */
export interface Places {
  readonly owner: Seating;
  readonly guest: Seating;
  /** The leg by which the guest wrote first. */
  readonly first: Leg;
  /** The guest is reached by another one from now on. */
  readonly moves: boolean;
}

/** All that an accepted request changes in its conversation, and what is said there. Undefined when it isn't open any more. */
export function acceptance(
  now: Conversation,
  places: Places,
  vault: Vault,
  circumstances: Circumstances,
): OwnWork | undefined {
  const { record } = now;
  const sides = sidesOf(now);
  if (record.origin !== "contact" || !isWaiting(record)) return undefined;
  if (sides === undefined || isQuiet(sides)) return undefined;
  const changes = changesOf(record, sides, places);
  const kept = keptTexts(vault, now.id, record);
  const after = applyChanges(now, changes);
  return {
    changes,
    deliveries: [
      ...toOwner(after, sides, kept, places, circumstances),
      ...toGuest(sides, places, circumstances),
    ],
    chats: [places.owner.leg, places.guest.leg].flatMap(({ chat, id }) =>
      chat === undefined ? [] : { chat, leg: id },
    ),
  };
}

function changesOf(record: ContactRecord, { guest, owner }: Sides, places: Places): readonly Change[] {
  const { leg } = places.guest;
  return [
    { kind: "record", record: { ...record, answer: "accept", kept: {} } },
    { kind: "seat", seat: { ...owner, state: "accepted" } },
    { kind: "leg", leg: places.owner.leg },
    ...(places.moves
      ? ([
          { kind: "leg", leg },
          { kind: "seat", seat: { ...guest, via: leg.id } },
        ] as const)
      : []),
  ];
}

/** What the guest wrote meanwhile; what couldn't wait so long is gone. */
function keptTexts(vault: Vault, id: ConversationId, { kept }: ContactRecord): readonly KeptText[] {
  return Object.values(kept).flatMap((sealed) => {
    try {
      return openText(vault, id, sealed);
    } catch (error) {
      if (error instanceof UnknownKey) return [];
      throw error;
    }
  });
}

function toOwner(
  after: Conversation,
  { guest }: Sides,
  kept: readonly KeptText[],
  places: Places,
  circumstances: Circumstances,
): readonly PlannedDelivery[] {
  const { leg, opens, where } = places.owner;
  const { texts } = circumstances;
  return [
    ...(opens ? [opening(leg, circumstances)] : []),
    ...(where.kind === "here"
      ? [notice(leg, texts.accepted({ name: guest.name, where }), circumstances)]
      : []),
    ...kept.map(({ at, content }): PlannedDelivery => {
      const shaped = shapeFor(leg, content, guest, after, circumstances);
      return { ...planned(leg, circumstances), task: { kind: "send", content: shaped, at }, from: guest.id };
    }),
    hop(leg, places.guest.leg, circumstances),
  ];
}

function toGuest({ owner }: Sides, places: Places, circumstances: Circumstances): readonly PlannedDelivery[] {
  const { first, guest } = places;
  const reader = readerOn(circumstances.capabilitiesOf(first.account));
  const text = circumstances.texts.requestAccepted({ label: owner.name, reader, where: guest.where });
  const said = notice(first, text, circumstances);
  if (!guest.opens) return [said];
  return [said, opening(guest.leg, circumstances), hop(guest.leg, places.owner.leg, circumstances)];
}

function hop(leg: Leg, other: Leg, circumstances: Circumstances): PlannedDelivery {
  const { capabilitiesOf, texts } = circumstances;
  return notice(
    leg,
    hopText(capabilitiesOf(leg.account), [capabilitiesOf(other.account)], texts),
    circumstances,
  );
}

function planned({ id: leg }: Leg, { deadline, nextDeliveryId, now }: Circumstances) {
  return { id: nextDeliveryId(), leg, deadline: now + deadline };
}
