import { assertNever } from "../model/assert-never.ts";
import type { Content } from "../model/content.ts";
import type { Conversation, Leg, Seat } from "../model/conversation.ts";
import type { GivenAway } from "../model/texts.ts";
import { countryOf, findGivenAway, type GivenAwayKind } from "../privacy/content-guard.ts";

/**
 * What a text gives away of its writer, if that is asked about: in conversations that began with a handle, unless its writer
 * doesn't want to be asked. @param leg where it was written
 */
export function givenAwayBy(
  content: Content,
  { legs, record }: Pick<Conversation, "legs" | "record">,
  { unguarded }: Seat,
  leg: Leg,
): GivenAway | undefined {
  if (record.origin !== "contact" || unguarded === true) return undefined;
  return givenAwayFrom(content, leg, legs);
}

/** The same where no conversation is yet, or whatever it is. @param legs of the conversation */
export function givenAwayFrom(
  content: Content,
  leg: Leg,
  legs: Conversation["legs"] = [],
): GivenAway | undefined {
  if (content.kind !== "text") return undefined;
  const ours = [...legs, leg].flatMap(({ number }) => number ?? []);
  const [own] = ours;
  const country = countryOf(leg.to) ?? (own && countryOf(own));
  const [found] = findGivenAway(content.text, {
    ours: ours.map((number) => number.expose()),
    ...(country === undefined ? {} : { country }),
  });
  return found && kindOf(found.kind);
}

function kindOf(kind: GivenAwayKind): GivenAway {
  switch (kind) {
    case "phone":
    case "email":
      return kind;
    case "jid":
    case "mxid":
    case "link":
      return "account";
    case "card":
      return "contact";
    default:
      return assertNever(kind);
  }
}
