// Others answer the ad, somebody is blocked, somebody wants no texts, and the bike is sold.

import { LABEL, readable, WHATSAPP_NUMBER } from "./cast.ts";
import { quiet } from "./proofs.ts";
import { BACK, BOTH, OTHERS } from "./script.ts";
import type { Stage } from "./stage.ts";
import { expectThat } from "./watch.ts";

const NAME = "([A-Z][a-z]+ [A-Z][a-z]+)";
const ANSWERS = "1 accept · 2 decline · 3 block";

/** Another buyer, on Matrix: comes into Ana's chat on WhatsApp beside Leo, and she answers by quoting. */
export async function secondBuyer({ ana, anasPhone, kim, known }: Stage): Promise<string> {
  await kim.openDesk();
  kim.write(`${known.code} ${OTHERS.kim}`);
  await kim.reads(
    `Sent to "${LABEL}". You'll read here when they answer. They don't see your account. "help" for more.`,
  );
  const [, name = ""] = await ana.reads(
    new RegExp(
      `^Request 2 for "${LABEL}" from ${NAME} \\(Matrix, [a-z ]+\\): "Is the bike electric\\?"\n${ANSWERS}$`,
    ),
  );
  expectThat(name !== known.leo, "two people have the same name for Ana");
  ana.write("1");
  await ana.reads(`Accepted. ${name} writes to you on WhatsApp ··42, from ${readable(WHATSAPP_NUMBER)}.`);
  await anasPhone.reads(`${name} · ${LABEL} goes on here, too.`);
  await anasPhone.reads("Want each conversation as its own group? Send /groups on.");
  await anasPhone.reads(`${name} · ${LABEL}: ${OTHERS.kim}`);
  await anasPhone.reads(/^Weakest hop: Matrix, /);
  await kim.reads(`"${LABEL}" accepted. The conversation is in the room "${LABEL}".`);
  await kim.reads(/^Weakest hop: Matrix, /);
  known.kim = name;
  known.kimsRoom = await kim.room(LABEL);
  await anasPhone.write(OTHERS.anaToKim, OTHERS.kim);
  await kim.reads(OTHERS.anaToKim);
  return `Kim is "${name}" for Ana, who is "${LABEL}" for Kim; both buyers are in Ana's one chat on WhatsApp, each by name, and her answer to Kim's text went to Kim`;
}

/** A stranger whom Ana blocks sees what any buyer sees, and nothing of theirs comes to her any more. */
export async function blocked(stage: Stage): Promise<string> {
  const { ana, anasPhone, known, vic } = stage;
  const [first, ...more] = OTHERS.vic;
  await vic.write(`${known.code} ${first}`);
  await vic.reads(
    `Sent to "${LABEL}". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.`,
  );
  await ana.reads(
    new RegExp(`^Request 3 for "${LABEL}" from ${NAME} \\(SMS, not encrypted\\): "${first}"\n${ANSWERS}$`),
  );
  ana.write("3");
  await ana.reads(`Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.`);
  const shown = ana.bubbles.length + anasPhone.bubbles.length;
  for (const text of more) await vic.write(text);
  await vic.reads(`Kept for "${LABEL}" until they answer.`);
  await quiet(stage);
  expectThat(vic.unread.length === 0, "Vic's phone shows more than any buyer's");
  expectThat(
    ana.bubbles.length + anasPhone.bubbles.length === shown,
    "something came to Ana after she blocked Vic",
  );
  return `Vic wrote ${more.length} more texts and saw what Leo saw while he waited; Ana saw none of them`;
}

/** STOP: one confirmation, then no text reaches that phone, and who writes to it is told. */
export async function optedOut(stage: Stage): Promise<string> {
  const { anasPhone, known, leo } = stage;
  await leo.write("STOP");
  await leo.reads("You won't get texts from this service any more. START to come back.");
  await leo.write("stop");
  await anasPhone.write(OTHERS.unwanted, BOTH.leo[2]);
  await anasPhone.reads(`Not delivered to ${known.leo}: they don't take texts now.`);
  await quiet(stage);
  expectThat(leo.unread.length === 0, "Leo's phone shows a text after STOP was confirmed");
  expectThat(
    leo.bubbles.every(({ text }) => text !== OTHERS.unwanted),
    "Ana's text reached Leo after STOP",
  );
  return "confirmed once, also when it comes twice; Ana's next text didn't arrive, and she was told so";
}

/** Ana ends the handle: its code leads nowhere. */
export async function revoked({ ana, known, mia }: Stage): Promise<string> {
  ana.write(`handle off ${LABEL}`);
  await ana.reads(`"${LABEL}" has ended: its code isn't in use any more. Conversations go on.`);
  await mia.write(`${known.code} ${OTHERS.mia}`);
  await mia.reads("That code isn't in use. Check it, or ask for a new one.");
  return "Mia, who found the ad too late, reads the same as with a code that never was";
}

/** START, and the conversation goes on, though its handle is gone. */
export async function goesOn({ anasPhone, leo, talk }: Stage): Promise<string> {
  await leo.write("START");
  await leo.reads("You get texts from this service again. STOP ends them, HELP for more.");
  await talk.all([leo.say({ text: BACK.leo }).message]);
  await talk.all([anasPhone.say({ text: BACK.ana }, BACK.leo).message]);
  return "after START a text each way; what was written meanwhile didn't come late";
}
