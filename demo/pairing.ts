// The operator links the bridge's phone: the QR code on the terminal is scanned, as a camera does it.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { scanned } from "../test/cli/scanned.ts";
import { took } from "./paint.ts";
import { FOOTBRIDGE } from "./proofs.ts";
import type { Stage } from "./stage.ts";
import { expectThat, within } from "./watch.ts";
import { WHATSAPP_ACCOUNT } from "./whatsapp-side.ts";

/** The line under a QR code: then all of it is there. */
const IS_WHOLE = /^It is good for /;

/** `footbridge whatsapp pair`, as an operator types it, with a phone in front of the screen. */
export async function pair(stage: Stage): Promise<string> {
  const began = performance.now();
  const { daemon, whatsapp } = stage;
  const args = [FOOTBRIDGE, "whatsapp", "pair", "--config", daemon.config];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const lines: string[] = [];
  let scans = 0;
  try {
    for (const out of [child.stdout, child.stderr])
      createInterface({ input: out }).on("line", (line) => {
        lines.push(line);
        const qr = IS_WHOLE.test(line) ? scanned(lines) : undefined;
        if (qr === undefined || scans > 0) return;
        scans += 1;
        whatsapp.scan(qr);
      });
    const code = await within("the end of `footbridge whatsapp pair`", ended);
    expectThat(scans === 1, "no QR code was shown");
    expectThat(code === 0, `footbridge whatsapp pair ended with ${code}, expected 0: ${lines.at(-1) ?? ""}`);
  } finally {
    child.kill();
  }
  expectThat(
    lines.at(-1) === `${WHATSAPP_ACCOUNT} is linked and works.`,
    "the command line didn't say that it works",
  );
  await stage.connected();
  return `the QR code of \`footbridge whatsapp pair\` was read off the terminal and scanned by the bridge's phone; connected after ${took(performance.now() - began)}`;
}
