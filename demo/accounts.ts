// Ana links the phone in her pocket with her Matrix account, and is reached there.

import { FRONT_DOOR, readable, SECOND_NUMBER } from "./cast.ts";
import { LABEL } from "./sale.ts";
import { SWITCHED } from "./script.ts";
import type { Stage } from "./stage.ts";
import { expectThat, within } from "./watch.ts";

const DOOR = readable(FRONT_DOOR).replace("+", "\\+");

/** A code from one account, sent by the other; both say yes. */
export async function link({ ana, anasPhone, known }: Stage): Promise<string> {
  ana.write("link");
  const [, first = "", second = ""] = await ana.reads(
    new RegExp(
      `^From the other account, send (\\d{4}) (\\d{4}) within 10 minutes:\n` +
        `SMS: text \\1\\2 to ${DOOR} · another Matrix account: send it to me there$`,
    ),
  );
  known.linkCode = `${first}${second}`;
  await anasPhone.write(`${first} ${second}`);
  await anasPhone.reads(
    "Link this SMS account with the Matrix account @an...? " +
      'Either can undo it at any time with "unlink". 1 yes - 2 no',
  );
  await anasPhone.write("1");
  await anasPhone.reads("Asked. Please say yes on Matrix too.");
  await ana.reads("An SMS account (number ending 42) wants to be linked with this one. 1 yes · 2 no");
  ana.write("1");
  await ana.reads(/^Linked: Matrix, SMS ··42\. Messages reach you where you last wrote from; /);
  await anasPhone.reads(/^Linked: SMS, Matrix @an\.\.\.\. /);
  return "a code typed on the phone, a yes from each side; each shows two characters of the other";
}

/** From now on she wants to be reached by SMS: Leo's next text comes there, by a number that was free for her phone. */
export async function switchOver({ ana, anasPhone, leo, known, talk }: Stage): Promise<string> {
  ana.write("prefer sms, matrix");
  await ana.reads('Messages reach you by your preference: SMS, Matrix. "prefer last" undoes it.');
  const inRoom = ana.bubbles.length;
  const there = leo.say({ text: SWITCHED.leo }).message;
  await anasPhone.reads(`${known.leo} - ${LABEL} goes on here. What you text here goes to them.`);
  await talk.all([there]);
  const at = anasPhone.bubbles.find(({ message }) => message === there)?.place;
  expectThat(at === readable(SECOND_NUMBER), "Leo's text isn't on Ana's phone, in a chat of its own");
  expectThat(ana.bubbles.length === inRoom, "Leo's text came to Ana's computer, too");
  const back = anasPhone.say({ text: SWITCHED.ana }, SECOND_NUMBER);
  await within("the bridge's answer to the mobile network", back.taken);
  await talk.all([back.message]);
  const sameChat = new Set(leo.bubbles.map(({ place }) => place)).size === 1;
  expectThat(sameChat, "Leo's phone shows another number than before");
  return `Leo's next text came to Ana's phone from ${at}, and her answer from there to Leo: for him nothing has changed`;
}
