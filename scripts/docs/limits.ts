import { formatDuration } from "../../src/config/index.ts";
import { LIMIT_NAMES, LIMITS, type LimitRow, type Scope } from "../../src/model/limits.ts";

const HEAD = `# Limits

Generated from the table in \`src/model/limits.ts\` by \`npm run check -- --write\`. Each limit can be changed in the config
(\`limits\` in [configuration.md](configuration.md)).

Each limit counts by GCRA: a budget that can be used at once and comes back bit by bit, so that after the time given in "refill"
it is whole again. In such a time up to twice the budget can be had, once; where the table says "strict" never more than the
budget itself, half of it at once.

Where the table has a pause, a refusal begins one: nothing is taken until it ends, then the whole budget is there again. Each
further pause is twice as long, up to the longest. When as much time as the longest has gone by after the last one, the next is
short again.

The counters are in Redis, under HMACs of what they count, for 48 hours at most. When Redis can't be asked, a limit that is
"open" lets pass, and one that is "closed" doesn't: all that costs money is closed.

Codes are counted before they are looked up, and given back when they are right; [guessing.md](guessing.md) says what that leaves
to somebody who guesses. What stands with a right code counts as any message does, and a code alone as a command; a wrong one
counts as nothing else.
`;

const WHOM: Readonly<Record<Scope["kind"], string>> = {
  identity: "each address",
  person: "each person",
  everybody: "all together",
  prefix: "each range of numbers",
  account: "each account of ours",
};

const TOLD: Readonly<Record<LimitRow["told"], string>> = {
  person: "who did it",
  sender: "the text's sender, as of any text that is late",
  nobody: "nobody",
};

/** The page of all limits, as Markdown. */
export function limitsPage(): string {
  return `${HEAD}\n${table()}`;
}

function table(): string {
  const rows = LIMIT_NAMES.map((name) => {
    const row = LIMITS[name];
    const cells = [`\`${name}\``, row.counts, WHOM[row.scope], String(row.budget), refill(row), row.whenAway];
    return `| ${[...cells, TOLD[row.told], row.why].join(" | ")} |`;
  });
  const head = "| limit | counts | of | budget | refill | Redis away | who is told | why |";
  return `${[head, "|---|---|---|---|---|---|---|---|", ...rows].join("\n")}\n`;
}

function refill({ per, strict, pause }: LimitRow): string {
  const time = `${formatDuration(per)}${strict === true ? ", strict" : ""}`;
  if (pause === undefined) return time;
  return `${time}; pause ${formatDuration(pause.first)}, longest ${formatDuration(pause.longest)}`;
}
