import type { ServerResponse } from "node:http";
import type { PairBy, PairingStep } from "../adapter/pairing.ts";
import { assertNever } from "../model/assert-never.ts";
import { sensitive } from "../model/sensitive.ts";
import { type PairingReport, type PairRequest, pairRequest } from "./control-api.ts";

/** What a request to link an account asks for; undefined when it can't be read. */
export function readPairRequest(body: string): PairBy | undefined {
  const read = pairRequest.safeParse(parseJson(body));
  return read.success ? byOf(read.data) : undefined;
}

function byOf(request: PairRequest): PairBy {
  if (request.by === "qr") return { kind: "qr" };
  return { kind: "code", ...(request.number === undefined ? {} : { number: sensitive(request.number) }) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Writes the steps as they come, a line of JSON each. What is to be scanned or typed leaves the process here, by a socket that
 * this user alone may use.
 */
export async function streamSteps(
  response: ServerResponse,
  steps: AsyncIterable<PairingStep>,
  failure: (error: unknown) => string,
): Promise<void> {
  response.writeHead(200, { "content-type": "application/x-ndjson", connection: "close" });
  response.flushHeaders();
  try {
    for await (const step of steps) response.write(`${JSON.stringify(reportOf(step))}\n`);
  } catch (error) {
    response.write(`${JSON.stringify({ error: failure(error) })}\n`);
  }
  response.end();
}

function reportOf(step: PairingStep): PairingReport {
  switch (step.kind) {
    case "connecting":
    case "linked":
    case "paired":
      return { step: step.kind };
    case "qr":
      return { step: "qr", qr: step.qr.expose(), expiresMs: step.expiresIn };
    case "code":
      return { step: "code", code: step.code.expose(), expiresMs: step.expiresIn };
    case "refused":
      return { step: "refused", why: step.why, remedy: step.remedy };
    default:
      return assertNever(step);
  }
}
