import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import type { z } from "zod";
import {
  type AuditReport,
  auditReport,
  type BuriedChange,
  type BuriedReport,
  buriedChange,
  buriedReport,
  controlFailure,
  type DoctorReport,
  doctorReport,
  type GreetingReport,
  greetingReport,
  type PairingReport,
  type PairRequest,
  pairingReport,
  type StatusReport,
  statusReport,
  type UnpairReport,
  unpairReport,
} from "./control-api.ts";
import { ControlSocketError, controlSocketPath, silentDaemon } from "./control-socket.ts";

/** How long the daemon is waited for, but for what takes it longer. */
export const PATIENCE_MS = 5_000;
/** An audit looks at every key, at tens of thousands a second. */
const AUDIT_PATIENCE_MS = 600_000;
/** A network that doesn't answer is given up on before. */
const UNPAIR_PATIENCE_MS = 60_000;
/** The daemon waits for what becomes of it, for less than that. */
const GREETING_PATIENCE_MS = 60_000;
const MOST_OCTETS = 16 * 1_024 * 1_024;

/** Talks to a running daemon. Each call throws ControlSocketError, with one sentence for the operator. */
export interface ControlClient {
  status(): Promise<StatusReport>;
  buried(): Promise<BuriedReport>;
  change(id: string, what: "retry" | "drop"): Promise<BuriedChange>;
  audit(): Promise<AuditReport>;
  doctor(): Promise<DoctorReport>;
  /** Has the operator told that the bridge reaches them. */
  greet(): Promise<GreetingReport>;
  /** Links an account with its phone: the steps as they come. Who stops reading them ends it. */
  pair(account: string, by: PairRequest): AsyncGenerator<PairingReport>;
  /** Ends that link. */
  unpair(account: string): Promise<UnpairReport>;
}

/** A client of the daemon that has this state folder. It connects at each call. */
export function controlClient(stateFolder: string): ControlClient {
  return {
    status: () => ask(stateFolder, "GET", "/status", statusReport),
    buried: () => ask(stateFolder, "GET", "/buried", buriedReport),
    change: (id, what) => ask(stateFolder, "POST", `/buried/${encodeURIComponent(id)}/${what}`, buriedChange),
    audit: async () => {
      // One that says nothing at all isn't waited for as long.
      await call(controlSocketPath(stateFolder), "GET", "/health/live", PATIENCE_MS);
      return ask(stateFolder, "GET", "/audit", auditReport, AUDIT_PATIENCE_MS);
    },
    doctor: () => ask(stateFolder, "GET", "/doctor", doctorReport),
    greet: () => ask(stateFolder, "POST", "/operator/greeting", greetingReport, GREETING_PATIENCE_MS),
    pair: (account, by) => pair(stateFolder, account, by),
    unpair: (account) =>
      ask(
        stateFolder,
        "POST",
        `/accounts/${encodeURIComponent(account)}/unpair`,
        unpairReport,
        UNPAIR_PATIENCE_MS,
      ),
  };
}

async function ask<T>(
  folder: string,
  method: string,
  path: string,
  schema: z.ZodType<T>,
  patience = PATIENCE_MS,
): Promise<T> {
  return read(await call(controlSocketPath(folder), method, path, patience), schema);
}

/** @throws ControlSocketError when it is something else, with what it says. */
function read<T>(text: string, schema: z.ZodType<T>): T {
  const reply = parseJson(text);
  const expected = schema.safeParse(reply);
  if (expected.success) return expected.data;
  const failure = controlFailure.safeParse(reply);
  throw new ControlSocketError(
    "failed",
    failure.success
      ? failure.data.error
      : "the daemon's answer has another form than this version expects: restart it with this version",
  );
}

async function* pair(folder: string, account: string, by: PairRequest): AsyncGenerator<PairingReport> {
  const path = controlSocketPath(folder);
  const answer = await begin(path, `/accounts/${encodeURIComponent(account)}/pair`, JSON.stringify(by));
  try {
    for await (const line of linesOf(answer)) {
      const step = read(line, pairingReport);
      yield step;
      if (step.step === "paired" || step.step === "refused") return;
    }
  } finally {
    answer.destroy();
  }
  throw new ControlSocketError("failed", "the daemon ended before the account was linked: look into its log");
}

/** Its lines; a connection that breaks ends them, as the daemon's own end does. */
async function* linesOf(answer: IncomingMessage): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: answer });
  } catch {
    // said by who reads them: the last step is missing
  }
}

/** Sends a request whose answer goes on. */
function begin(socketPath: string, path: string, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const outgoing = request({ socketPath, method: "POST", path, headers }, resolve);
    outgoing.on("error", (error) => reject(explain(error, socketPath, PATIENCE_MS)));
    outgoing.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function call(socketPath: string, method: string, path: string, patience: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, timeout: patience }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > MOST_OCTETS) outgoing.destroy();
      });
      response.on("end", () => resolve(text));
      response.on("error", (error) => reject(explain(error, socketPath, patience)));
    });
    outgoing.on("timeout", () =>
      outgoing.destroy(Object.assign(new Error("no answer"), { code: "ETIMEDOUT" })),
    );
    outgoing.on("error", (error) => reject(explain(error, socketPath, patience)));
    outgoing.end();
  });
}

function explain(error: Error, socketPath: string, patience: number): ControlSocketError {
  const code = "code" in error ? String(error.code) : "";
  const options = { cause: error };
  if (code === "EACCES" || code === "EPERM") {
    const remedy = "run this as the user that the daemon runs as";
    return new ControlSocketError(
      "forbidden",
      `${socketPath} may not be used by this user: ${remedy}`,
      options,
    );
  }
  if (code === "ETIMEDOUT") return silentDaemon(socketPath, patience, options);
  const words = `no daemon answers at ${socketPath}: start it with "footbridge run", or name its config with --config`;
  return new ControlSocketError("unreachable", words, options);
}
