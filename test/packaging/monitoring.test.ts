// The dashboard and the alert rules that are handed out, against the metrics that exist.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { Exposition } from "../../src/daemon/exposition.ts";
import { ALERT_KINDS } from "../../src/model/texts.ts";
import { LABELS, METRIC_NAMES, metricRow } from "../../src/observe/metrics/table.ts";
import { declaredIn } from "../support/prometheus-text.ts";
import { readQuery } from "../support/promql.ts";

const root = join(import.meta.dirname, "../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

const rules = z
  .strictObject({
    groups: z.array(
      z.strictObject({
        name: z.string(),
        rules: z.array(
          z.strictObject({
            alert: z.string().regex(/^Footbridge[A-Z]\w+$/),
            expr: z.string(),
            for: z
              .string()
              .regex(/^\d+[smh]$/)
              .optional(),
            labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
            annotations: z.strictObject({ summary: z.string(), description: z.string() }),
          }),
        ),
      }),
    ),
  })
  .parse(parse(read("packaging/prometheus/footbridge.rules.yaml")))
  .groups.flatMap((group) => group.rules);

const dashboard = z
  .looseObject({
    panels: z.array(
      z.looseObject({
        id: z.int(),
        type: z.string(),
        title: z.string().min(1),
        gridPos: z.strictObject({ h: z.int(), w: z.int(), x: z.int(), y: z.int() }),
        targets: z.array(z.looseObject({ expr: z.string(), refId: z.string() })).default([]),
      }),
    ),
    templating: z.looseObject({ list: z.array(z.looseObject({ name: z.string() })) }),
  })
  .parse(JSON.parse(read("packaging/grafana/footbridge.json")));
const shown = dashboard.panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, refId }) => ({ where: `${title}, ${refId}`, expr })),
);
const alerts = rules.map(({ alert, expr }) => ({ where: alert, expr }));

/** Grafana puts these in before Prometheus sees the query. */
const VARIABLES = /\$(?:__rate_interval|account|job)\b/g;
/** What Prometheus adds by itself. */
const SCRAPED = ["job", "instance"];
/** In every scrape, of Prometheus' own making. */
const PROMETHEUS_OWN = ["up"];

/** The row that a name in a query is of: a histogram has three names. */
function rowOf(metric: string) {
  const name = METRIC_NAMES.find((one) => {
    const isHistogram = metricRow(one).type === "histogram";
    return isHistogram
      ? ["bucket", "sum", "count"].some((end) => metric === `${one}_${end}`)
      : one === metric;
  });
  return name && { name, ...metricRow(name) };
}

const used = [...shown, ...alerts].map(({ where, expr }) => ({ where, expr, query: readQuery(expr) }));

describe("each query of the dashboard and the rules", () => {
  test("asks for metrics that exist, by labels that they have", async () => {
    const own = declaredIn(await new Exposition().scrape(undefined));
    for (const { where, query } of used) {
      for (const { metric, labels } of query.selectors) {
        const row = rowOf(metric);
        const isKnown = row !== undefined || own.has(metric) || PROMETHEUS_OWN.includes(metric);
        expect([where, metric, isKnown]).toEqual([where, metric, true]);
        const allowed: readonly string[] = [...(row?.labels ?? []), ...SCRAPED];
        expect([where, metric, labels.filter((label) => !allowed.includes(label))]).toEqual([
          where,
          metric,
          [],
        ]);
      }
      const all = query.selectors.flatMap(({ metric }) => rowOf(metric)?.labels ?? []);
      const isOf = (label: string) => all.some((one) => one === label) || label === "le";
      expect([where, query.grouped.filter((label) => !isOf(label))]).toEqual([where, []]);
    }
  });

  test("takes rates of counters alone, and quantiles of histograms alone", () => {
    for (const { where, expr } of used) {
      for (const [, metric = ""] of expr.matchAll(/(?:rate|increase)\((\w+)/g)) {
        const type = rowOf(metric)?.type ?? (metric.endsWith("_total") ? "counter" : "unknown");
        expect([where, metric, type]).toEqual([
          where,
          metric,
          expect.stringMatching(/^(?:counter|histogram)$/),
        ]);
      }
      if (expr.includes("histogram_quantile"))
        expect(expr).toMatch(/by \([^)]*\ble\b[^)]*\) \(rate\(\w+_bucket/);
    }
  });

  test("matches states, reasons and limits that exist", () => {
    const closed = LABELS.state.slice(LABELS.state.indexOf(":") + 2).split(", ");
    for (const { where, expr } of alerts) {
      for (const [, values = ""] of expr.matchAll(/state=~?"([^"]+)"/g))
        expect([where, values.split("|").filter((one) => !closed.includes(one))]).toEqual([where, []]);
    }
  });
});

describe("the dashboard", () => {
  test("shows every metric of the table", () => {
    const names = new Set(
      shown.flatMap(({ expr }) => readQuery(expr).selectors.map(({ metric }) => rowOf(metric)?.name)),
    );
    expect(METRIC_NAMES.filter((name) => !names.has(name))).toEqual([]);
  });

  test("has panels that don't lie upon each other, and uses no variable that it doesn't have", () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect([title, taken.get(`${x},${y}`)]).toEqual([title, undefined]);
          taken.set(`${x},${y}`, title);
        }
    }
    const known = dashboard.templating.list.map(({ name }) => `$${name}`);
    const variables = new Set(
      shown.flatMap(({ expr }) => [...expr.matchAll(/\$\w+/g)].map(([name]) => name)),
    );
    expect([...variables].filter((name) => !known.includes(name) && name !== "$__rate_interval")).toEqual([]);
    expect(shown.every(({ expr }) => !/\$/.test(expr.replaceAll(VARIABLES, "")))).toBe(true);
  });
});

describe("the alert rules", () => {
  test("each have a name of their own, and a place in the document on what to do", () => {
    const names = rules.map(({ alert }) => alert);
    expect(new Set(names).size).toBe(names.length);
    const page = read("docs/monitoring.md");
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
    expect(
      [...page.matchAll(/`(Footbridge[A-Z]\w+)`/g)]
        .map(([, name]) => name)
        .filter((name) => !names.includes(name ?? "")),
    ).toEqual([]);
  });

  test("name in their words only labels that their query keeps", () => {
    for (const { alert, expr, annotations } of rules) {
      const words = `${annotations.summary} ${annotations.description}`;
      const { selectors, grouped } = readQuery(expr);
      const kept: readonly string[] =
        grouped.length > 0 && expr.includes("sum by")
          ? grouped
          : selectors.flatMap(({ metric }) => rowOf(metric)?.labels ?? []);
      for (const [, label = ""] of words.matchAll(/\$labels\.(\w+)/g))
        expect([alert, label, kept.includes(label)]).toEqual([alert, label, true]);
    }
  });
});

test("the document has each notice to the operator, and no other", () => {
  const page = read("docs/monitoring.md");
  const rows = [...page.slice(page.indexOf("## Notices")).matchAll(/^\| `([a-z]+)` \|/gm)].map(
    ([, kind]) => kind,
  );
  expect(rows).toEqual([...ALERT_KINDS]);
});

describe("the reader of queries", () => {
  test.each([
    "sum by (account (rate(a_total[5m]))",
    "rate(a_total)",
    "a{b=c}",
    "a >",
    "sum(a[5m])",
    "a b",
    "rate(a_total[5x])",
    "unknown_function(a)",
    "a{b}",
  ])("finds what is wrong in %s", (text) => {
    expect(() => readQuery(text)).toThrow();
  });
});
