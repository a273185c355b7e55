// Ana links the WhatsApp on the phone in her pocket with her Matrix account, and is reached there.

import { digits, FRONT_DOOR, LABEL, readable, WHATSAPP_NUMBER } from "./cast.ts";
import { SWITCHED } from "./script.ts";
import type { Stage } from "./stage.ts";
import { expectThat } from "./watch.ts";

const DOOR = readable(FRONT_DOOR).replace("+", "\\+");

/** A code from one account, sent by the other; both say yes. */
export async function link({ ana, anasPhone, known }: Stage): Promise<string> {
  ana.write("link");
  const [, first = "", second = ""] = await ana.reads(
    new RegExp(
      `^From the other account, send (\\d{4}) (\\d{4}) within 10 minutes:\n` +
        `SMS: text \\1\\2 to ${DOOR} · WhatsApp: https://wa\\.me/${digits(WHATSAPP_NUMBER)}\\?text=\\1\\2 · ` +
        "another Matrix account: send it to me there$",
    ),
  );
  known.linkCode = `${first}${second}`;
  await anasPhone.write(`${first} ${second}`);
  await anasPhone.reads(
    "Link this WhatsApp account with the Matrix account @an…? " +
      'Either can undo it at any time with "unlink". 1 yes · 2 no',
  );
  await anasPhone.write("1");
  await anasPhone.reads("Asked. Please say yes on Matrix too.");
  await ana.reads("A WhatsApp account (number ending 42) wants to be linked with this one. 1 yes · 2 no");
  ana.write("1");
  await ana.reads(/^Linked: Matrix, WhatsApp ··42\. Messages reach you where you last wrote from; /);
  await anasPhone.reads(/^Linked: WhatsApp, Matrix @an…\. /);
  return "a code typed on WhatsApp, a yes from each side; each shows two characters of the other";
}

/** From now on she wants to be reached on WhatsApp: Leo's next text comes there, into her chat with the bridge. */
export async function switchOver({ ana, anasPhone, leo, known, talk }: Stage): Promise<string> {
  ana.write("prefer whatsapp, matrix");
  await ana.reads('Messages reach you by your preference: WhatsApp, Matrix. "prefer last" undoes it.');
  const inRoom = ana.bubbles.length;
  const there = leo.say({ text: SWITCHED.leo }).message;
  await anasPhone.reads(`${known.leo} · ${LABEL} goes on here. What you write here goes to them.`);
  await talk.all([there]);
  const isThere = anasPhone.bubbles.some(({ message }) => message === there);
  expectThat(isThere, "Leo's text isn't on Ana's phone");
  expectThat(ana.bubbles.length === inRoom, "Leo's text came to Ana's computer, too");
  const back = anasPhone.say({ text: SWITCHED.ana });
  await back.taken;
  await talk.all([back.message]);
  const sameChat = new Set(leo.bubbles.map(({ place }) => place)).size === 1;
  expectThat(sameChat, "Leo's phone shows another number than before");
  return "Leo's next text came to Ana's WhatsApp, and her answer from there to Leo: for him nothing has changed";
}
