import { request } from "node:http";
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
  type StatusReport,
  statusReport,
} from "./control-api.ts";
import { ControlSocketError, controlSocketPath } from "./control-socket.ts";

const PATIENCE_MS = 5_000;
/** An audit looks at every key, at tens of thousands a second. */
const AUDIT_PATIENCE_MS = 600_000;
const MOST_OCTETS = 16 * 1_024 * 1_024;

/** Talks to a running daemon. Each call throws ControlSocketError, with one sentence for the operator. */
export interface ControlClient {
  status(): Promise<StatusReport>;
  buried(): Promise<BuriedReport>;
  change(id: string, what: "retry" | "drop"): Promise<BuriedChange>;
  audit(): Promise<AuditReport>;
  doctor(): Promise<DoctorReport>;
}

/** A client of the daemon that has this state folder. It connects at each call. */
export function controlClient(stateFolder: string): ControlClient {
  return {
    status: () => ask(stateFolder, "GET", "/status", statusReport),
    buried: () => ask(stateFolder, "GET", "/buried", buriedReport),
    change: (id, what) => ask(stateFolder, "POST", `/buried/${encodeURIComponent(id)}/${what}`, buriedChange),
    audit: () => ask(stateFolder, "GET", "/audit", auditReport, AUDIT_PATIENCE_MS),
    doctor: () => ask(stateFolder, "GET", "/doctor", doctorReport),
  };
}

async function ask<T>(
  folder: string,
  method: string,
  path: string,
  schema: z.ZodType<T>,
  patience = PATIENCE_MS,
): Promise<T> {
  const reply = parseJson(await call(controlSocketPath(folder), method, path, patience));
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
  if (code === "ETIMEDOUT") {
    const words = `the daemon at ${socketPath} didn't answer within ${patience / 1_000} s: look into its log`;
    return new ControlSocketError("unreachable", words, options);
  }
  const words = `no daemon answers at ${socketPath}: start it with "footbridge run", or name its config with --config`;
  return new ControlSocketError("unreachable", words, options);
}
