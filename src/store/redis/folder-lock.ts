import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { Clock, Milliseconds } from "../../model/time.ts";
import type { Logger } from "../../observe/log.ts";
import { EmbeddedRedisFailed } from "./errors.ts";
import { findProgram, run } from "./programs.ts";

/** A lock on a state folder, held until it is released, or until this process and all who got `fd` have ended. */
export interface FolderLock {
  /** Hand it to a child, and the lock lives as long as the child, too. */
  readonly fd: number;
  release(): Promise<void>;
}

const AGAIN: Milliseconds = 50;
/** flock(2) through perl, which is on every macOS and Debian, where there is no flock(1). */
const PERL = [
  "-e",
  "use Fcntl ':flock'; open(my $f, '<&=', 3) or exit 2; exit(flock($f, LOCK_EX | LOCK_NB) ? 0 : 1)",
];

/**
 * Locks a folder for one daemon. flock(2) locks belong to the open file, not to the process that asked: a helper locks the
 * file that we have open, ends, and the lock stays with us, and with the server that inherits it. So a second daemon can't
 * start before both have ended, however they ended.
 * @throws EmbeddedRedisFailed when another daemon holds it and doesn't end within `wait`.
 */
export async function lockFolder(
  folder: string,
  wait: Milliseconds,
  options: { readonly clock: Clock; readonly log: Logger },
): Promise<FolderLock> {
  const file = await open(join(folder, "lock"), constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    await acquire(file, folder, wait, options);
  } catch (error) {
    await file.close();
    throw error;
  }
  return { fd: file.fd, release: () => file.close() };
}

async function acquire(
  file: FileHandle,
  folder: string,
  wait: Milliseconds,
  options: { readonly clock: Clock; readonly log: Logger },
): Promise<void> {
  const { clock, log } = options;
  const end = clock.monotonic() + wait;
  const [program, args] = locker();
  for (let attempt = 1; ; attempt++) {
    const code = await run(program, args, file.fd);
    if (code === 0) return;
    if (code !== 1) throw new EmbeddedRedisFailed(`the lock of ${folder} can't be taken: ${program} failed`);
    if (clock.monotonic() >= end) {
      throw new EmbeddedRedisFailed(
        `another Footbridge uses the state folder ${folder}: stop it, or give this one a folder of its own`,
      );
    }
    if (attempt === 1) log.info("store.folder.waiting", { ms: wait });
    await clock.sleep(AGAIN);
  }
}

/** A program that tries to lock its fd 3: 0 when it could, 1 when another has it. */
function locker(): readonly [string, readonly string[]] {
  const flock = findProgram("flock");
  if (flock !== undefined) return [flock, ["-n", "3"]];
  const perl = findProgram("perl");
  if (perl !== undefined) return [perl, PERL];
  throw new EmbeddedRedisFailed(
    "found neither flock nor perl, one is needed to lock the state folder: install util-linux",
  );
}
