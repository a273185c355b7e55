import { readerOn } from "../../commands/place.ts";
import {
  applyChanges,
  type Change,
  type ContactRecord,
  type Conversation,
  isWaiting,
  type Leg,
  type Seat,
} from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { ConversationId, LegId } from "../../model/ids.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import { notice, opening } from "../../routing/decide.ts";
import type { Circumstances } from "../../routing/effects.ts";
import { hopText } from "../../routing/hop.ts";
import { shapeFor } from "../../routing/shape.ts";
import type { Vault } from "../../store/vault.ts";
import type { OwnWork } from "../own-commit.ts";
import { goesOnHere } from "../wanted-legs.ts";
import { areStill, legsOf, type Place, type Places } from "./accept-places.ts";
import { type Sides, sidesOf } from "./acquaintance.ts";
import { isQuiet } from "./ask-owner.ts";
import { type KeptText, openText } from "./kept-text.ts";

/** `offers`: the legs at which groups are offered with it. */
interface Surroundings extends Circumstances {
  readonly offers: readonly LegId[];
}

/**
 * All that an accepted request changes in its conversation, and what is said there. Undefined when it isn't open any more, or
 * somebody is reached elsewhere by now.
 */
export function acceptance(
  now: Conversation,
  places: Places,
  vault: Vault,
  circumstances: Surroundings,
): OwnWork | undefined {
  const { record } = now;
  const sides = sidesOf(now);
  if (record.origin !== "contact" || !isWaiting(record)) return undefined;
  if (sides === undefined || isQuiet(sides) || !areStill(now, places)) return undefined;
  const changes = changesOf(now, record, sides, places);
  const kept = keptTexts(vault, now.id, record);
  const after = applyChanges(now, changes);
  return {
    changes,
    deliveries: [
      ...toOwner(after, sides, kept, places, circumstances),
      ...toGuest(after, sides, places, circumstances),
      ...[places.owner.leg, places.guest.leg].flatMap((leg) =>
        circumstances.offers.includes(leg.id)
          ? notice(leg, circumstances.texts.groupsOffered(), circumstances)
          : [],
      ),
    ],
    chats: [places.owner.leg, places.guest.leg].flatMap(({ chat, id }) =>
      chat === undefined ? [] : { chat, leg: id },
    ),
  };
}

function changesOf(
  { legs }: Conversation,
  record: ContactRecord,
  { guest, owner }: Sides,
  places: Places,
): readonly Change[] {
  const { guest: ofGuest, owner: ofOwner } = places;
  const via = ofGuest.leg.id;
  // Where they were reached while they waited they aren't any more: another leg is made there when it is wanted.
  const used = legsOf(places).map(({ id }) => id);
  const over = legs.filter((leg) => leg.seat === guest.id && leg.over !== true && !used.includes(leg.id));
  return [
    { kind: "record", record: { ...record, answer: "accept", kept: {} } },
    { kind: "seat", seat: { ...arrived(owner, ofOwner), state: "accepted", via: ofOwner.leg.id } },
    { kind: "leg", leg: ofOwner.leg },
    ...over.map((leg): Change => ({ kind: "leg", leg: { ...leg, over: true } })),
    { kind: "leg", leg: ofGuest.leg },
    { kind: "seat", seat: { ...arrived(guest, ofGuest), via } },
  ];
}

/** A seat that is where it wanted to be; it may want something else by now. */
function arrived({ wants, ...seat }: Seat, { wanted }: Place): Seat {
  return wants === undefined || wants === wanted ? seat : { ...seat, wants };
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
    ...introduced(after, places.owner, circumstances),
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

function toGuest(
  after: Conversation,
  { owner }: Sides,
  { guest, owner: ofOwner, told }: Places,
  circumstances: Circumstances,
): readonly PlannedDelivery[] {
  const reader = readerOn(circumstances.capabilitiesOf(told.account));
  const text = circumstances.texts.requestAccepted({ label: owner.name, reader, where: guest.where });
  return [
    notice(told, text, circumstances),
    ...introduced(after, guest, circumstances),
    ...(guest.opens ? [opening(guest.leg, circumstances), hop(guest.leg, ofOwner.leg, circumstances)] : []),
  ];
}

/** A number shows nobody's name: to an account that wasn't told who texts from there it is said first. */
function introduced(
  after: Conversation,
  { isElsewhere, leg }: Place,
  circumstances: Circumstances,
): readonly PlannedDelivery[] {
  return isElsewhere ? [notice(leg, goesOnHere(after, leg, circumstances), circumstances)] : [];
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
