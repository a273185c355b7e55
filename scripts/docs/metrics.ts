import { LABELS, METRIC_NAMES, type MetricName, metricRow } from "../../src/observe/metrics/table.ts";

const HEAD = `# Metrics

Generated from the table in \`src/observe/metrics/table.ts\` by \`npm run check -- --write\`. [monitoring.md](monitoring.md) says how
they are scraped, and what the alerts on them mean.

Spans are in seconds, sizes in octets, moments in seconds since 1970. Counters begin at 0 with each start of the daemon. What
only Redis knows is absent while Redis doesn't answer. A label's values come from a closed set, or from the config: no address, id
or text of a person is in any of them.

Beside these there is what prom-client says of every Node process: \`process_*\` (CPU, memory, file descriptors, start) and
\`nodejs_*\` (event loop lag, heap, garbage collection).
`;

/** The page of all metrics, as Markdown. */
export function metricsPage(): string {
  const labels = Object.entries(LABELS).map(([name, about]) => `| \`${name}\` | ${about} |`);
  return [
    HEAD,
    "| metric | type | labels | what it is |",
    "|---|---|---|---|",
    ...METRIC_NAMES.map(row),
    "\n## Labels\n",
    "| label | what it says |",
    "|---|---|",
    ...labels,
    "\n## Buckets\n",
    ...METRIC_NAMES.flatMap(buckets),
    "",
  ].join("\n");
}

function row(name: MetricName): string {
  const { type, labels, help } = metricRow(name);
  return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`;
}

function buckets(name: MetricName): readonly string[] {
  const { buckets } = metricRow(name);
  return buckets === undefined ? [] : [`- \`${name}\`: up to ${buckets.join(", ")} s, and above`];
}
