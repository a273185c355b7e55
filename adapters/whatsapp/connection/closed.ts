import type { Reason } from "../../../src/model/index.ts";

/** How a session ended, and so what is to be done. */
export type Closed =
  /** Connect again at once: asked for by the server (after a pairing, and now and then). */
  | { readonly kind: "restart" }
  /** It comes and goes: connect again, after a pause that grows. */
  | { readonly kind: "again"; readonly reason: Reason; readonly code?: number }
  /** The link is gone: its owner took us off, or the network did. */
  | { readonly kind: "logged-out" }
  /** Another connection of this very device has taken over. */
  | { readonly kind: "replaced" }
  /** The network bars the account, for a time or for good. */
  | { readonly kind: "restricted" }
  /** It doesn't take this version of the client any more. */
  | { readonly kind: "outdated" }
  /** The phone isn't ready for linked devices. */
  | { readonly kind: "mismatch" }
  /** Who answers can't prove to be WhatsApp. */
  | { readonly kind: "untrusted" }
  /** A phone with another number than ours wanted to link us, and was turned away. */
  | { readonly kind: "other-number" };

/**
 * Codes of `<failure>` and `<stream:error>`: baileys lib/Types/index.js (`DisconnectReason`) and lib/Defaults/index.js
 * (`UNAUTHORIZED_CODES`), whatsmeow types/events/events.go (`ConnectFailureReason`). 400 is what Baileys says by itself of a
 * certificate that doesn't hold (lib/Utils/noise-handler.js).
 */
const KINDS: Readonly<Record<number, Exclude<Closed["kind"], "again" | "other-number">>> = {
  400: "untrusted",
  401: "logged-out",
  402: "restricted", // banned for a time
  403: "restricted", // locked
  405: "outdated",
  406: "restricted", // banned
  409: "outdated", // the user agent is refused
  411: "mismatch",
  419: "logged-out",
  440: "replaced",
  515: "restart",
};

const REASONS: Readonly<Record<number, Reason>> = { 408: "timeout" };

/** What an error says that a socket was closed with; undefined: we closed it ourselves, or nobody knows. */
export function closedBy(error: unknown): Closed {
  const code = codeOf(error);
  if (code === undefined) return { kind: "again", reason: "network-error" };
  // A conflict without a code counts as 440 in Baileys, whatever kind of conflict it is.
  if (conflictOf(error) === "device_removed") return { kind: "logged-out" };
  const kind = KINDS[code];
  return kind === undefined ? { kind: "again", reason: REASONS[code] ?? "network-error", code } : { kind };
}

/** The status code of a Boom. */
function codeOf(error: unknown): number | undefined {
  const output = field(error, "output");
  const code = field(output, "statusCode");
  return typeof code === "number" ? code : undefined;
}

function conflictOf(error: unknown): unknown {
  const stanza = field(error, "data");
  return field(stanza, "tag") === "conflict" ? field(field(stanza, "attrs"), "type") : undefined;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
