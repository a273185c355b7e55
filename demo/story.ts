import { link, switchOver } from "./accounts.ts";
import { bothAtOnce, chat, formatted, kill, longTexts, outage, restart } from "./chat.ts";
import { took } from "./paint.ts";
import { pair } from "./pairing.ts";
import {
  audited,
  end,
  gone,
  later,
  type Moments,
  nothingFound,
  quiet,
  twentyEachWay,
  whoSeesWhat,
} from "./proofs.ts";
import { accepted, firstContact, handle } from "./sale.ts";
import type { Stage } from "./stage.ts";
import type { Step } from "./steps.ts";
import { blocked, goesOn, optedOut, revoked, secondBuyer } from "./strangers.ts";

/** The story: each step does something to the bridge and says what it saw. */
export function story(stage: Stage, moments: Moments): readonly Step[] {
  const step = (name: string, chapter: string, run: () => Promise<string>): Step => ({
    name,
    run: () => {
      stage.talk.chapter = chapter;
      return run();
    },
  });
  return [
    step("start", "", () => start(stage, moments)),
    step("WhatsApp is linked", "", () => pair(stage)),
    step("a handle", "Ana makes a handle for her ad", () => handle(stage)),
    step("first contact", "Leo answers the ad", () => firstContact(stage)),
    step("accepted", "Ana accepts", () => accepted(stage)),
    step("a chat", "they talk", () => chat(stage)),
    step("long texts", "long ones with emoji", () => longTexts(stage)),
    step("formatted text", "formatted text, odd signs", () => formatted(stage)),
    step("homeserver down", "the homeserver is down", () => outage(stage, moments)),
    step("linking", "Ana links her WhatsApp", () => link(stage)),
    step("the switch", "and is reached there", () => switchOver(stage)),
    step("a second buyer", "Kim asks, on Matrix", () => secondBuyer(stage)),
    step("kill -9", "kill -9 of the bridge", () => kill(stage)),
    step("orderly restart", "SIGTERM, stopped, start", () => restart(stage)),
    step("both at once", "both at once", () => bothAtOnce(stage)),
    step("a blocked one", "Vic is blocked", () => blocked(stage)),
    step("STOP", "Leo wants no texts", () => optedOut(stage)),
    step("handle revoked", "the bike is sold", () => revoked(stage)),
    step("it goes on", "Leo comes back", () => goesOn(stage)),
    step("twenty each way", "", async () => twentyEachWay(stage)),
    step("who sees what", "", async () => whoSeesWhat(stage)),
    step("texts are gone", "", () => gone(stage, moments)),
    step("audit", "", () => audited(stage)),
    step("orderly end", "", () => end(stage)),
    step("nothing found", "", async () => nothingFound(stage, moments)),
    step("26 hours later", "", () => later(stage)),
  ];
}

async function start(stage: Stage, moments: Moments): Promise<string> {
  const ms = await stage.startDaemon();
  await stage.connected(["matrix", "sms"]);
  moments.before = await quiet(stage);
  return `the daemon is ready after ${took(ms)}, connected to a homeserver and an SMSC; it knows nobody yet, and has no WhatsApp`;
}
