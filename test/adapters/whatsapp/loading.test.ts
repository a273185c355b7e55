import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const INDEX = path.join(import.meta.dirname, "../../../adapters/whatsapp/index.ts");
/** What is loaded with Baileys closes the console first. */
const PROGRAM = `const { log } = console; import(${JSON.stringify(INDEX)}).then(() => process.stdout.write(String(console.log === log)))`;

it("a bridge that has no WhatsApp account loads nothing of Baileys", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", PROGRAM]);
  expect(stdout).toBe("true");
});
