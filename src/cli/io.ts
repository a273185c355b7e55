import type { Readable } from "node:stream";
import type { AnyAdapter } from "../adapter/any.ts";
import type { Config, ConfigurableAdapter } from "../config/index.ts";
import type { Clock, Random } from "../model/time.ts";
import type { RootLogger } from "../observe/log.ts";
import type { OpeningKey } from "../privacy/backup-key.ts";
import type { BackupHead } from "../privacy/backup-stream.ts";
import type { BackupCounts } from "../store/backup/record.ts";
import type { Restored } from "../store/backup/restoring.ts";

/** The daemon as `run` sees it. */
export interface RunningDaemon {
  /** Resolves when intake is open; rejects when it never will be. */
  readonly ready: Promise<void>;
  /** Resolves when it has stopped; rejects when it had to stop by itself. */
  readonly finished: Promise<void>;
  /** Stops intake, finishes what is under way within the config's `drain`, and ends. `reason` is for the log. */
  stop(reason: string): Promise<void>;
}

/** An adapter, as far as the command line uses it. */
export type KnownAdapter = ConfigurableAdapter & Pick<AnyAdapter, "check" | "registration">;

/** What `src/daemon.ts` exports, as far as `run` and `doctor` use it. */
export interface DaemonModule {
  /**
   * The networks that are built in, and those of the packages that a config file asks for, which are loaded; without a file the
   * former. @throws ConfigError
   */
  loadAdapters(configPath?: string): Promise<readonly KnownAdapter[]>;
  startDaemon(options: { readonly config: Config; readonly configPath: string }): Promise<RunningDaemon>;
}

/** What `src/daemon/restore.ts` exports, as `backup` and `restore` use it. */
interface BackupModule {
  verifyBackup(options: BackupFile): Promise<{ readonly head: BackupHead; readonly counts: BackupCounts }>;
  restoreBackup(
    options: BackupFile & {
      readonly config: Config;
      readonly random: Random;
      readonly log: RootLogger;
      readonly journal?: string;
      readonly withoutJournal: boolean;
    },
  ): Promise<Restored & { readonly head: BackupHead }>;
}

interface BackupFile {
  readonly file: string;
  readonly key: OpeningKey;
  readonly clock: Clock;
}

/** What a command has of the world. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line to stdout. */
  out(line: string): void;
  /** stdout is a terminal, whose last lines can be written anew. */
  readonly terminal?: boolean;
  /**
   * Asks on the terminal, and gives the line that is typed; undefined where nobody can be asked. `hidden`: it isn't shown.
   * @throws Interrupted when they end it
   */
  ask?(question: string, hidden?: boolean): Promise<string | undefined>;
  /** Writes octets to stdout, as they come; absent where that is no stream. */
  pipe?(octets: Readable): Promise<void>;
  /** Writes a line to stderr. */
  err(line: string): void;
  /** Loads the daemon: late, since only `run` and `doctor` need it. */
  loadDaemon(): Promise<DaemonModule>;
  /** Loads what reads backups: late, since only `backup` and `restore` need it. */
  loadBackups(): Promise<BackupModule>;
}
