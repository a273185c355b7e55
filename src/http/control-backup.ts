import { request, type ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  BACKUP_HEADER,
  type BackupReport,
  backupReport,
  type ControlHandlers,
  controlFailure,
} from "./control-api.ts";
import { ControlSocketError, controlSocketPath, silentDaemon } from "./control-socket.ts";

/** The daemon may have to wait for what is under way, and reads every record. */
const PATIENCE_MS = 600_000;
/** The longest word of failure, in octets. */
const LONGEST_FAILURE = 4_096;

/** Sends a backup, or says why there is none. Who asked may be gone before its end: then it is dropped. */
export async function sendBackup(
  response: ServerResponse,
  handlers: ControlHandlers,
): Promise<{ readonly code: number; readonly body: unknown } | "streamed"> {
  const backup = (await handlers.backup?.()) ?? "no-key";
  if (backup === "no-key") {
    const error =
      'the config names no backup key: "footbridge backup --new-key FILE" makes one and says where it goes';
    return { code: 409, body: { error } };
  }
  const { report, content } = backup;
  response.writeHead(200, {
    "content-type": "application/octet-stream",
    "content-length": report.bytes,
    [BACKUP_HEADER]: JSON.stringify(report),
    connection: "close",
  });
  await pipeline(content, response).catch(() => undefined); // they went away
  content.destroy(); // who had gone before it was made: nothing is piped then, and nothing closed
  return "streamed";
}

/**
 * Asks the daemon that has a state folder for a backup. Whoever reads its content sees an error when it breaks off.
 * @throws ControlSocketError
 */
export function fetchBackup(
  stateFolder: string,
): Promise<{ readonly report: BackupReport; readonly content: Readable }> {
  const socketPath = controlSocketPath(stateFolder);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { socketPath, method: "POST", path: "/backup", timeout: PATIENCE_MS },
      (answer) => {
        const report = backupReport.safeParse(parseJson(String(answer.headers[BACKUP_HEADER] ?? "")));
        if (answer.statusCode === 200 && report.success) {
          resolve({ report: report.data, content: answer });
          return;
        }
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => {
          text = (text + part).slice(0, LONGEST_FAILURE);
        });
        answer.on("end", () => reject(new ControlSocketError("failed", failureIn(text))));
        answer.on("error", (error) => reject(unreachable(socketPath, error)));
      },
    );
    outgoing.on("timeout", () => {
      reject(silentDaemon(socketPath, PATIENCE_MS));
      outgoing.destroy(new Error("no answer"));
    });
    outgoing.on("error", (error) => reject(unreachable(socketPath, error)));
    outgoing.end();
  });
}

function failureIn(text: string): string {
  const failure = controlFailure.safeParse(parseJson(text));
  return failure.success
    ? failure.data.error
    : "the daemon's answer has another form than this version expects: restart it with this version";
}

function unreachable(socketPath: string, cause: Error): ControlSocketError {
  const words = `no daemon answers at ${socketPath}, and a backup is made by the one that runs: start it with "footbridge run", or name its config with --config`;
  return new ControlSocketError("unreachable", words, { cause });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
