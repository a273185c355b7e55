import { resolve } from "node:path";
import { loadConfig } from "../config/index.ts";
import { controlClient } from "../http/control-client.ts";
import { createClock } from "../observe/clock.ts";
import { createLogger } from "../observe/logger.ts";
import { createRandom } from "../observe/random.ts";
import type { BackupHead } from "../privacy/backup-stream.ts";
import type { Restored } from "../store/backup/restoring.ts";
import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { readOpeningKey } from "./opening-key.ts";
import { moment } from "./text.ts";

interface Options {
  readonly config: string;
  readonly json?: boolean;
  readonly key?: string;
  readonly journal?: string;
  readonly withoutJournal?: boolean;
}

/** `footbridge restore FILE` */
export async function restore(file: string, options: Options, io: Io): Promise<ExitCode> {
  const key = await readOpeningKey(options.key, io);
  const { loadAdapters } = await io.loadDaemon();
  const config = loadConfig(options.config, {
    adapters: await loadAdapters(options.config),
    env: io.env,
    warn: (line) => io.err(`warning: ${line}`),
  });
  await requireStopped(config.state);
  const { restoreBackup } = await io.loadBackups();
  const restored = await restoreBackup({
    ...{ config, key, clock: createClock(), random: createRandom() },
    file: resolve(file),
    log: createLogger({ level: "error" }),
    withoutJournal: options.withoutJournal === true,
    ...(options.journal === undefined ? {} : { journal: resolve(options.journal) }),
  });
  if (options.json === true) {
    const { created } = restored.head;
    const { conversations, ended, ignored, persons } = restored;
    io.out(JSON.stringify({ created, persons, conversations, ended, ignored }));
  } else for (const line of restoredText(restored, options)) io.out(line);
  return EXIT.ok;
}

/** The folder's lock says so as well, after it waited for a predecessor. */
async function requireStopped(state: string): Promise<void> {
  const answers = await controlClient(state)
    .status()
    .then(
      () => true,
      () => false,
    );
  if (answers) throw new CommandFailed(EXIT.problem, "a bridge runs with this state folder: stop it first");
}

function restoredText(
  { conversations, ended, head, ignored, persons }: Restored & { readonly head: BackupHead },
  { withoutJournal }: Options,
): string[] {
  return [
    `Restored as of ${moment(head.created)}: ${persons} persons, ${conversations} conversations`,
    `Not brought back, since they have ended: ${ended.conversations} conversations, ${ended.handles} handles`,
    ...(ignored === 0
      ? []
      : [`Lines of the journal that can't be read, and were left out: ${ignored} (a crash may cut one)`]),
    ...(withoutJournal === true
      ? [
          "Without a journal: whoever was forgotten, unlinked or blocked since then is as before, tell people so",
        ]
      : []),
    "Messages that were on their way are not in it, and what was written since then isn't read again.",
    'Start the bridge with "footbridge run"; WhatsApp accounts have to be linked with their phones again.',
  ];
}
