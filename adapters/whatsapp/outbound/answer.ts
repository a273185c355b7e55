import type { Clock, Milliseconds } from "../../../src/model/index.ts";
import type { BinaryNode, WASocket } from "../baileys.ts";

/** A connection that sends. */
export interface Line {
  readonly socket: Pick<WASocket, "relayMessage" | "ws">;
  readonly closed: Promise<unknown>;
}

/** What came for a message. `none`: nothing in time, or the connection closed first, or nobody waits any more. */
export type Answer = BinaryNode | "none" | "unsent";

/**
 * Waits for the first stanza that says something of a message of ours: its ack, or a receipt where the ack was lost. Baileys'
 * own `waitForMessage` hears nothing of a socket that is closed by `end`, and keeps its timer.
 */
export function awaitAnswer(
  { socket, closed }: Line,
  id: string,
  clock: Clock,
  within: Milliseconds,
  signal: AbortSignal,
): Disposable & { readonly given: Promise<Answer> } {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const over = new AbortController();
  // Baileys' name for stanzas with this id (lib/Socket/socket.js, DEF_TAG_PREFIX).
  const event = `TAG:${id}`;
  const hear = (stanza: BinaryNode): void => {
    if (stanza.tag === "ack" || stanza.tag === "receipt") resolve(stanza);
  };
  const giveUp = (): void => resolve("none");
  socket.ws.on(event, hear);
  signal.addEventListener("abort", giveUp, { once: true });
  void closed.then(giveUp);
  clock.sleep(within, over.signal).then(giveUp, () => undefined); // over: it was given
  if (signal.aborted) giveUp();
  return {
    given: promise,
    [Symbol.dispose]: () => {
      over.abort();
      socket.ws.off(event, hear);
      signal.removeEventListener("abort", giveUp);
    },
  };
}
