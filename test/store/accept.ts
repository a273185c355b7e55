import type { AcceptedEvent } from "../../src/store/accepted-event.ts";
import type { Recognition } from "../../src/store/arrivals.ts";
import type { AcceptReply, LaneName } from "../../src/store/lanes.ts";
import type { Fence } from "../../src/store/meta.ts";
import type { Process } from "./fixture.ts";

/** Stores one event: the batch that is most common. */
export async function acceptOne(
  { lanes }: Process,
  { account, chat }: LaneName,
  event: AcceptedEvent,
  by: Recognition,
  fence: Fence,
): Promise<AcceptReply> {
  const [reply, ...more] = await lanes.accept(account, [{ kind: "event", chat, event, by }], fence, () => {});
  if (reply === undefined || more.length > 0) throw new Error("one event gets one reply");
  return reply;
}
