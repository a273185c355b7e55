import type { WhatsAppSide } from "../../support/whatsapp/side.ts";
import { numberOf, phoneOf } from "./addresses.ts";
import { type Conversation, isOn } from "./conversations.ts";
import type { HomeserverSide } from "./homeserver-side.ts";
import type { SmscSide } from "./smsc-side.ts";
import { until } from "./wait.ts";

const JOINED_WITHIN = 60_000;

/** Where people meet. */
interface Networks {
  readonly homeserver: HomeserverSide;
  readonly smsc: SmscSide;
  readonly whatsapp: WhatsAppSide | undefined;
}

/** Somebody on WhatsApp makes a handle, somebody elsewhere comes by its code, and they accept: the config pairs nobody there. */
export async function meet(world: Networks, conversation: Conversation): Promise<void> {
  const { whatsapp } = world;
  if (whatsapp === undefined || !isOn(conversation, "whatsapp")) return;
  const { number } = conversation;
  const code = await whatsapp.offers(number, `thing${number}`);
  const isByText = isOn(conversation, "sms");
  const phone = phoneOf(number);
  const read: string[] = [];
  const before = world.smsc.onText;
  world.smsc.onText = (came) => {
    before(came);
    if (came.phone === phone) read.push(came.text);
  };
  const text = `${code} is it still there?`;
  if (isByText) await world.smsc.deliver({ phone, number: numberOf(conversation), text, reference: 0 });
  else await world.homeserver.ask(number, text);
  await whatsapp.accepts(number);
  const isAccepted = () => read.some((words) => words.includes(" accepted."));
  if (!isByText) await world.homeserver.joined([number], JOINED_WITHIN);
  else if (!(await until(isAccepted, JOINED_WITHIN)))
    throw new Error("a phone didn't read that it was accepted");
}
