import { type Command, Option } from "commander";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";

interface Reporting {
  readonly config: string;
  readonly json?: boolean;
}

/** Adds what every command that reports has. */
type Reports = (command: Command, io: Io) => Command;

/** `footbridge backup` */
export function addBackup(
  program: Command,
  io: Io,
  done: (code: ExitCode) => void,
  reporting: Reports,
): void {
  reporting(program.command("backup"), io)
    .description("Write a backup of the running bridge, sealed for its backup key")
    .argument("[file]", 'where to; "-" is the standard output, by default a name with the time')
    .addOption(
      new Option("--new-key <file>", "make a backup key instead: its opening half goes to this file"),
    )
    .addOption(new Option("--verify <file>", "read a whole backup instead, and change nothing"))
    .addOption(keyOption())
    .addHelpText(
      "after",
      `
The backup has the persons with their settings, addresses, handles, links,
conversations, numbers, blocks and opt-outs; never messages, nor sessions with
networks. It can be restored for 30 days. The bridge goes on meanwhile: what comes in
is taken, and waits while it reads. Only --key FILE opens it, which
isn't on this machine. Exits with 1 when none was made, with 3 when no bridge runs.

Examples:
  footbridge backup --new-key backup.key
  footbridge backup /mnt/backups/footbridge.backup
  footbridge backup - | ssh host 'cat > footbridge.backup'
  footbridge backup --verify footbridge.backup --key backup.key`,
    )
    .action(
      async (
        file: string | undefined,
        options: Reporting & { newKey?: string; verify?: string; key?: string },
      ) => {
        const { backup } = await import("./backup.ts");
        done(await backup(file, options, io));
      },
    );
}

/** `footbridge restore` */
export function addRestore(
  program: Command,
  io: Io,
  done: (code: ExitCode) => void,
  reporting: Reports,
): void {
  reporting(program.command("restore"), io)
    .description("Restore a backup into an empty state")
    .argument("<file>", 'what "footbridge backup" wrote')
    .addOption(keyOption())
    .addOption(new Option("--journal <file>", "what people ended since; by default the one of the config"))
    .addOption(new Option("--without-journal", "the journal is lost: bring back what people ended since"))
    .addHelpText(
      "after",
      `
No bridge may be running. All of the backup is read and checked before anything is
written, and nothing is written where something is. What was forgotten, unlinked,
closed or ended since the backup stays so, by the journal. Cut off, it is run again.
docs/backup.md goes through it step by step. Exits with 1 when it is refused.

Example:
  footbridge restore footbridge.backup --key backup.key`,
    )
    .action(
      async (
        file: string,
        options: Reporting & { key?: string; journal?: string; withoutJournal?: boolean },
      ) => {
        const { restore } = await import("./restore.ts");
        done(await restore(file, options, io));
      },
    );
}

function keyOption(): Option {
  return new Option("--key <file>", "the opening half of the backup key (or set FOOTBRIDGE_BACKUP_KEY)");
}
