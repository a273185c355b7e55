import { commandFor, install, installer } from "./prepare/install.ts";
import { lackOf, lookAgain, NEEDS, type Need, type Purpose } from "./prepare/needs.ts";
import { preparePeers } from "./prepare/peers.ts";

// `node scripts/prepare.ts demo|test|bench`: finds what the system lacks for a command, and installs it where it may. It is
// started by those commands and never by npm's lifecycle. All it says goes to stderr: stdout is the command's.

const PURPOSES: readonly Purpose[] = ["demo", "test", "bench"];
const say = (line: string) => console.error(line);
const strict = process.env.CI === "true";

/** Installs what is missing. Ends the process when something is missing that the command can't do without. */
function prepareSystem(purpose: Purpose): void {
  const missing = () => NEEDS.filter((need) => need.purposes.includes(purpose) && lackOf(need) !== undefined);
  const before = missing();
  if (before.length === 0) return;
  say(`npm run ${purpose}: this machine lacks`);
  for (const need of before)
    say(`  ${lackOf(need)}: ${need.use}${need.required ? "" : " (else its part is left out)"}`);
  const how = installer();
  if (how !== "none") {
    say("installing it:");
    // apart, so that what is only wanted can't keep out what is needed
    for (const group of [before.filter((need) => need.required), before.filter((need) => !need.required)]) {
      if (group.length > 0) install(how, group, say);
    }
    lookAgain();
  }
  const after = missing();
  stopIfNeeded(after.filter((need) => need.required || strict));
  if (after.length === 0) return;
  if (how === "none") say(`left out; to have it too, type:\n  ${commandFor(after)}`);
  else say(`left out, since this system's packages didn't bring it: ${after.map(lackOf).join("; ")}`);
}

function stopIfNeeded(needs: readonly Need[]): void {
  if (needs.length === 0) return;
  say(
    `still missing: ${needs.map(lackOf).join("; ")}. Type this, then the same again:\n  ${commandFor(needs)}`,
  );
  process.exit(1);
}

const purpose = PURPOSES.find((known) => known === process.argv[2]);
if (purpose === undefined) {
  say(`prepare.ts: expected one of ${PURPOSES.join(", ")}`);
  process.exit(2);
}
prepareSystem(purpose);
if (purpose === "test") await preparePeers(say);
