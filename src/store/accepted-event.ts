import type { InboundBody } from "../adapter/event.ts";
import { assertNever } from "../model/assert-never.ts";
import type { CanonicalId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";

/** An event as it stands in its lane. */
export interface AcceptedEvent {
  /** Made at `accept`, never computed again. */
  readonly canonical: CanonicalId;
  readonly from: Sensitive<string>;
  /** The native chat, where it may be one that nobody knows yet. */
  readonly chat?: Sensitive<string>;
  /** Other addresses of the same sender, where they may be one that nobody knows yet. */
  readonly alsoFrom?: readonly Sensitive<string>[];
  readonly at: Timestamp;
  readonly acceptedAt: Timestamp;
  readonly ref?: Sensitive<string>;
  readonly body: InboundBody;
}

/** The event as text, for sealing: the only place where its wrapped parts are taken out. */
export function encodeEvent(event: AcceptedEvent): string {
  return JSON.stringify([
    event.canonical,
    event.from.expose(),
    event.at,
    event.acceptedAt,
    event.ref?.expose() ?? null,
    plainBody(event.body),
    ...(event.chat === undefined ? [] : [event.chat.expose()]),
    ...(event.alsoFrom === undefined ? [] : [event.alsoFrom.map((also) => also.expose())]),
  ]);
}

/** The event back from its opened record. */
export function decodeEvent(plain: string): AcceptedEvent {
  // Authenticated: what is in it was written by encodeEvent.
  const [canonical, from, at, acceptedAt, ref, body, chat, alsoFrom] = JSON.parse(plain) as [
    CanonicalId,
    string,
    number,
    number,
    string | null,
    PlainBody,
    string?,
    string[]?,
  ];
  return {
    canonical,
    from: new Sensitive(from),
    ...(chat === undefined ? {} : { chat: new Sensitive(chat) }),
    ...(alsoFrom === undefined ? {} : { alsoFrom: alsoFrom.map((also) => new Sensitive(also)) }),
    at,
    acceptedAt,
    ...(ref === null ? {} : { ref: new Sensitive(ref) }),
    body: wrappedBody(body),
  };
}

type Plain<T> =
  T extends Sensitive<infer U>
    ? U
    : T extends readonly (infer E)[]
      ? readonly Plain<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Plain<T[K]> }
        : T;
type PlainBody = Plain<InboundBody>;

function plainBody(body: InboundBody): PlainBody {
  switch (body.kind) {
    case "message": {
      const { replyTo, ...rest } = body;
      return replyTo === undefined ? rest : { ...rest, replyTo: replyTo.expose() };
    }
    case "edit":
    case "reaction":
      return { ...body, target: body.target.expose() };
    case "delete":
    case "status":
      return { ...body, targets: body.targets.map((target) => target.expose()) };
    case "membership":
    case "malformed":
      return body;
    default:
      return assertNever(body);
  }
}

function wrappedBody(body: PlainBody): InboundBody {
  switch (body.kind) {
    case "message": {
      const { replyTo, ...rest } = body;
      return replyTo === undefined ? rest : { ...rest, replyTo: new Sensitive(replyTo) };
    }
    case "edit":
    case "reaction":
      return { ...body, target: new Sensitive(body.target) };
    case "delete":
    case "status":
      return { ...body, targets: body.targets.map((target) => new Sensitive(target)) };
    case "membership":
    case "malformed":
      return body;
    default:
      return assertNever(body);
  }
}
