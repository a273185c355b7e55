import { loadStateFolder } from "../config/index.ts";
import type { AuditedFamily, AuditReport } from "../http/control-api.ts";
import { controlClient } from "../http/control-client.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { span, table } from "./text.ts";

/** `footbridge audit` */
export async function audit(options: { config: string; json?: boolean }, io: Io): Promise<ExitCode> {
  const report = await controlClient(loadStateFolder(options.config)).audit();
  if (options.json === true) io.out(JSON.stringify(report));
  else for (const line of auditText(report)) io.out(line);
  return auditProblems(report).length === 0 ? EXIT.ok : EXIT.problem;
}

/** The report as people read it; what is wrong stands last. */
export function auditText(report: AuditReport): string[] {
  const rows = report.families.map((family) => [
    family.family,
    family.record,
    String(family.keys),
    octets(family.bytes),
    family.sealed,
    goes(family),
  ]);
  const counted = [...report.families, ...report.unexplained];
  const keys = counted.reduce((sum, each) => sum + each.keys, 0);
  const bytes = counted.reduce<number | null>(
    (sum, each) => (sum === null || each.bytes === null ? null : sum + each.bytes),
    0,
  );
  const problems = auditProblems(report);
  return [
    ...table(["FAMILY", "RECORD", "KEYS", "OCTETS", "SEALED BY", "GOES"], rows),
    `${keys} keys, ${octets(bytes)} octets, each key measured by Redis (an estimate where one has over ${octets(report.samples)} elements)`,
    ...(problems.length === 0
      ? ["All keys are explained, and all that must have a TTL have one"]
      : problems.map((problem) => `PROBLEM: ${problem}`)),
  ];
}

/** What is wrong, one sentence each; none of them holds a key's name. */
function auditProblems(report: AuditReport): string[] {
  return [
    ...report.unexplained.map(
      ({ shape, type, keys }) =>
        `${count(keys)} of the form ${shape} (${type}) ${keys === 1 ? "is" : "are"} no record of this version: find out what writes there, then delete ${keys === 1 ? "it" : "them"}`,
    ),
    ...report.families
      .filter(({ withoutTtl }) => withoutTtl > 0)
      .map(
        ({ family, withoutTtl, mostMs }) =>
          `${count(withoutTtl)} of ${family} would stay for ever, expected a TTL of at most ${span(mostMs ?? 0)}: please report it`,
      ),
    ...report.families
      .filter(({ tooLong }) => tooLong > 0)
      .map(
        ({ family, tooLong, mostMs }) =>
          `${count(tooLong)} of ${family} would stay for longer than ${span(mostMs ?? 0)}: compare the clocks of this machine and of Redis ("footbridge doctor"), and report it when they agree`,
      ),
  ];
}

function count(keys: number): string {
  return keys === 1 ? "1 key" : `${keys} keys`;
}

/** Grouped by thousands; a Redis that doesn't let us ask tells nothing. */
function octets(bytes: number | null): string {
  return bytes === null ? "not told" : bytes.toLocaleString("en").replaceAll(",", " ");
}

function goes({ until, mostMs, ttl }: AuditedFamily): string {
  const range = ttl === null ? undefined : rangeOf(ttl);
  if (until === null) return range ?? `within ${span(mostMs ?? 0)}`;
  return range === undefined ? `when ${until}` : `when ${until}, or ${range}`;
}

function rangeOf({ leastMs, mostMs }: NonNullable<AuditedFamily["ttl"]>): string {
  const [first, last] = [span(leastMs), span(mostMs)];
  return first === last ? `in ${first}` : `in ${first} to ${last}`;
}
