import { expect, test } from "vitest";
import type { MatrixAnswer } from "../../../adapters/matrix/http.ts";
import { outcomeOfFailure, verdictOfSend } from "../../../adapters/matrix/outcome.ts";

const error = (status: number, errcode?: string, retryAfterMs?: number): MatrixAnswer => ({
  kind: "answer",
  status,
  json: errcode === undefined ? undefined : { errcode },
  ...(errcode === undefined ? {} : { errcode }),
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});

test.each([
  [
    "a refused connection",
    { kind: "failed", sent: false, why: "refused" },
    { kind: "retry", reason: "not-connected", scope: "account", counts: false },
  ],
  [
    "a connection that broke",
    { kind: "failed", sent: true, why: "broken" },
    { kind: "unknown", reason: "network-error" },
  ],
  [
    "no answer in time",
    { kind: "failed", sent: true, why: "timeout" },
    { kind: "unknown", reason: "timeout" },
  ],
  [
    "429 with its time",
    error(429, "M_LIMIT_EXCEEDED", 1_234),
    { kind: "retry", reason: "throttled", scope: "account", counts: false, after: 1_234 },
  ],
  [
    "429 without a time",
    error(429),
    { kind: "retry", reason: "throttled", scope: "account", counts: false, after: 1_000 },
  ],
  ["500", error(500, "M_UNKNOWN"), { kind: "unknown", reason: "network-error" }],
  ["502 of a proxy", error(502), { kind: "unknown", reason: "network-error" }],
  [
    "401",
    error(401, "M_UNKNOWN_TOKEN"),
    { kind: "retry", reason: "unauthorised", scope: "account", counts: false },
  ],
  ["413", error(413, "M_TOO_LARGE"), { kind: "refused", reason: "too-long", scope: "delivery" }],
  ["413 of a proxy", error(413), { kind: "refused", reason: "too-long", scope: "delivery" }],
  ["400", error(400, "M_BAD_JSON"), { kind: "refused", reason: "rejected", scope: "delivery" }],
  ["404", error(404, "M_NOT_FOUND"), { kind: "refused", reason: "gone", scope: "portal" }],
  ["404 of a proxy", error(404), { kind: "retry", reason: "network-error", scope: "account", counts: false }],
  ["403 of a proxy", error(403), { kind: "retry", reason: "network-error", scope: "account", counts: false }],
  ["a redirect", error(301), { kind: "retry", reason: "network-error", scope: "account", counts: false }],
  ["403", error(403, "M_FORBIDDEN"), { kind: "refused", reason: "forbidden", scope: "portal" }],
] as const)("%s becomes its outcome", (_name, answer, outcome) => {
  expect(outcomeOfFailure(answer as MatrixAnswer)).toEqual(outcome);
});

test("200 with an event's id is done, 200 without one is unknown", () => {
  const done = verdictOfSend({ kind: "answer", status: 200, json: { event_id: "$1" } });
  expect(done.kind === "outcome" && done.outcome.kind === "done" && done.outcome.refs[0]?.expose()).toBe(
    "$1",
  );
  for (const json of [{}, undefined, { event_id: 1 }, []]) {
    const verdict = verdictOfSend({ kind: "answer", status: 200, json });
    expect(verdict).toEqual({ kind: "outcome", outcome: { kind: "unknown", reason: "malformed" } });
  }
});

test("a ghost that isn't in the room and a device that isn't there are mended", () => {
  expect(verdictOfSend(error(403, "M_FORBIDDEN"))).toMatchObject({ kind: "mend", what: "membership" });
  expect(verdictOfSend(error(400, "M_UNKNOWN_DEVICE"))).toMatchObject({ kind: "mend", what: "device" });
});
