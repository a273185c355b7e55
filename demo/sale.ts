// How Ana and Leo come together: a handle in an ad, a first text, a yes.

import { BOT, digits, FRONT_DOOR, LABEL, readable, WHATSAPP_NUMBER } from "./cast.ts";
import { FIRST_ANSWER, firstText, KEPT } from "./script.ts";
import type { Stage } from "./stage.ts";
import { expectThat, within } from "./watch.ts";

const SENT =
  `Sent to "${LABEL}". We'll text you when they answer. They don't see your number. ` +
  "STOP ends texts, HELP for more.";

/** Ana begins a chat with the bridge and gets a code to put in her ad. */
export async function handle({ ana, known }: Stage): Promise<string> {
  await ana.openDesk();
  ana.write(`handle new ${LABEL} for 30d`);
  const [, code = ""] = await ana.reads(
    new RegExp(
      `^Handle for "${LABEL}": ([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2}) \\(until [^)]+\\)\\. Put one of these in your ad:\n` +
        `Text \\1 to ${readable(FRONT_DOOR).replace("+", "\\+")}\n` +
        `WhatsApp: https://wa\\.me/${digits(WHATSAPP_NUMBER)}\\?text=\\1\n` +
        `Matrix: message ${BOT} and send \\1\n`,
    ),
  );
  known.code = code;
  return `Ana wrote to the bridge for the first time, and has the code ${code} for her ad`;
}

/** Leo texts the code, typed as people do; a second text is kept. */
export async function firstContact({ ana, leo, known }: Stage): Promise<string> {
  const first = firstText(known.code);
  await within("the bridge's answer to the mobile network", leo.say(first).taken);
  await leo.reads(SENT);
  const [, name = ""] = await ana.reads(
    new RegExp(
      `^Request 1 for "${LABEL}" from ([A-Z][a-z]+ [A-Z][a-z]+) \\(SMS, not encrypted\\): "${escaped(first.shown)}"\n` +
        "1 accept · 2 decline · 3 block$",
    ),
  );
  known.leo = name;
  await within("the bridge's answer to the mobile network", leo.say(KEPT).taken);
  await leo.reads(`Kept for "${LABEL}" until they answer.`);
  return `Leo's code in capitals and with spaces was understood; Ana was asked, and sees "${name}"; his second text is kept`;
}

/** Ana says yes: a room with what Leo wrote, the weakest hop, and her first answer. */
export async function accepted({ ana, leo, known, talk }: Stage): Promise<string> {
  const title = `${known.leo} · ${LABEL}`;
  ana.write("1");
  await ana.reads(`Accepted. The conversation is in the room "${title}".`);
  known.room = await ana.room(title);
  await talk.all(talk.messages);
  const places = ana.bubbles.filter(({ message }) => message !== undefined).map(({ place }) => place);
  expectThat(
    places.every((place) => place === title),
    "Leo's first texts stand in another room than the conversation's",
  );
  await ana.reads("Weakest hop: SMS, not encrypted. SMS can't be recalled. /help");
  await leo.reads(`"${LABEL}" accepted. What you text here goes to them.`);
  const answer = ana.say({ text: FIRST_ANSWER }, known.room);
  await talk.all([answer]);
  return `the room "${title}" has both texts and says the weakest hop; Leo was told, and has Ana's first answer`;
}

/** As a regular expression reads it. */
function escaped(text = ""): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
