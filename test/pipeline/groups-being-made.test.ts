// A group that isn't open yet, while its person changes where they are reached.

import { afterEach, beforeEach, expect, test } from "vitest";
import { openScripted, type ScriptedStage } from "../golden/scripted-stage.ts";
import { TWO_BUYERS } from "../golden/transcripts/whatsapp-lines.ts";

const LINKED = `
seller -> /link
seller <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · Matrix: message @footbridge:example.org and send {LINK}
laptop -> {link}
laptop <- Link this Matrix account with the WhatsApp account ··{seller}? Either can undo it at any time with "unlink". 1 yes · 2 no
laptop -> 1
laptop <- Asked. Please say yes on WhatsApp too.
seller <- A Matrix account ({laptop}) wants to be linked with this one. 1 yes · 2 no
seller -> 1
seller <- Linked: WhatsApp, Matrix {laptop}. Messages reach you where you last wrote from; "prefer matrix, whatsapp" changes that. "me" shows what is linked.
laptop <- Linked: Matrix, WhatsApp ··{seller}. Messages reach you where you last wrote from; "prefer whatsapp, matrix" changes that. "me" shows what is linked.
`;

let stage: ScriptedStage;
beforeEach(async () => {
  stage = await openScripted({ seller: "whatsapp", laptop: "matrix", ana: "matrix", leo: "sms" });
});
afterEach(() => stage.close());

test("it is the one group of its conversation, and is left as any other", async () => {
  const known = await stage.play(`${TWO_BUYERS}${LINKED}
-- whatsapp: away
seller -> /groups on
`);
  await stage.play(
    `
laptop -> prefer matrix
laptop <- Messages reach you by your preference: Matrix. "prefer last" undoes it.
ana [bike] -> to the laptop
laptop [{name1} · bike] <- to the laptop
laptop -> prefer whatsapp
laptop <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
ana [bike] -> to the phone
laptop -> prefer matrix
laptop <- Messages reach you by your preference: Matrix. "prefer last" undoes it.
ana [bike] -> to the laptop again
laptop [{name1} · bike] <- to the laptop again
laptop -> prefer whatsapp
laptop <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
ana [bike] -> and to the phone
-- whatsapp: fine
seller <- Each conversation gets its own group: {name1} · bike, {name2} · lamp. "/groups off" undoes it.
seller [{name1} · bike] <- {name1} · bike goes on here. What you write here goes to them.
seller [{name1} · bike] <- to the phone
seller [{name1} · bike] <- and to the phone
seller [{name2} · lamp] <- {name2} · lamp goes on here. What you write here goes to them.
seller -> groups off
seller <- Conversations are in this chat again: {name1} · bike, {name2} · lamp.
ana [bike] -> in the chat?
seller <- {name1} · bike: in the chat?
`,
    known,
  );
  expect(stage.world.chats.titles.size).toBe(2);
});
