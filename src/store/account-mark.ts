import { constants } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StorageMark } from "../adapter/storage.ts";
import type { AccountId } from "../model/ids.ts";
import { errno } from "../privacy/files.ts";

/** As many as any safe integer has: a new number overwrites the old one in place. */
const DIGITS = 16;

/** The mark of an account's storage: a file of one number in the state folder, beside Redis' own files and not in them. */
export class AccountMark implements StorageMark {
  readonly #path: string;
  #wanted = 0;
  #written = 0;
  #writing: Promise<void> | undefined;

  constructor(stateFolder: string, account: AccountId) {
    this.#path = join(stateFolder, "marks", account);
  }

  async read(): Promise<number> {
    const found = await readFile(this.#path, "latin1").catch((error: unknown) => {
      if (errno(error) === "ENOENT") return "0";
      throw error;
    });
    const number = Number(found);
    if (!/^\d{1,16}\n?$/.test(found) || !Number.isSafeInteger(number)) {
      throw new Error(`found no number in ${this.#path}: remove it, and pair the account again`);
    }
    return number;
  }

  raise(to: number): void {
    this.#wanted = Math.max(this.#wanted, to);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    while (this.#written < this.#wanted) {
      const number = this.#wanted;
      try {
        await overwrite(this.#path, `${String(number).padStart(DIGITS, "0")}\n`);
      } catch {
        return; // a mark that lags hides what is rolled back by as much; the next one is tried again
      }
      this.#written = number;
    }
  }
}

/** In one write and without truncating first: a crash leaves the old number or the new one. */
async function overwrite(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    await file.write(text, 0, "latin1");
  } finally {
    await file.close();
  }
}
