import { loadStateFolder } from "../config/index.ts";
import { BURIED_ID, type BuriedItem } from "../http/control-api.ts";
import { controlClient } from "../http/control-client.ts";
import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { moment, table } from "./text.ts";

interface Options {
  readonly config: string;
  readonly json?: boolean;
}

/** `footbridge buried` */
export async function listBuried(options: Options, io: Io): Promise<ExitCode> {
  const report = await controlClient(loadStateFolder(options.config)).buried();
  if (options.json === true) io.out(JSON.stringify(report));
  else for (const line of buriedText(report.buried)) io.out(line);
  return EXIT.ok;
}

/** The list as people read it. */
function buriedText(items: readonly BuriedItem[]): string[] {
  if (items.length === 0) return ["Nothing is buried."];
  const rows = items.map((item) => [
    item.id,
    item.account,
    item.network,
    item.kind,
    item.reason,
    String(item.attempts),
    moment(item.since),
    moment(item.until),
  ]);
  return table(["ID", "ACCOUNT", "NETWORK", "KIND", "REASON", "TRIES", "SINCE", "GOES"], rows);
}

/** `footbridge buried retry ID` and `footbridge buried drop ID` */
export async function changeBuried(
  id: string,
  what: "retry" | "drop",
  options: Options,
  io: Io,
): Promise<ExitCode> {
  if (!BURIED_ID.test(id)) {
    throw new CommandFailed(EXIT.usage, 'that is no id of a buried item: "footbridge buried" lists them');
  }
  const change = await controlClient(loadStateFolder(options.config)).change(id, what);
  if (options.json === true) io.out(JSON.stringify(change));
  if (change.result === "unknown") {
    io.err(`footbridge: nothing is buried as ${id}: "footbridge buried" lists what is`);
    return EXIT.problem;
  }
  if (options.json !== true) io.out(what === "retry" ? `${id} is queued again.` : `${id} is dropped.`);
  return EXIT.ok;
}
