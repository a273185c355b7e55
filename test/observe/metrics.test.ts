import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { accountId } from "../../src/model/ids.ts";
import { Counters } from "../../src/observe/metrics/counters.ts";
import { LABELS, METRIC_NAMES, METRICS, metricRow } from "../../src/observe/metrics/table.ts";

const A = accountId("a");
const B = accountId("b");

describe("the table of metrics", () => {
  test.each(METRIC_NAMES)("%s is named and labelled as Prometheus wants it", (name) => {
    const { type, help, labels, buckets } = metricRow(name);
    expect(name).toMatch(/^footbridge_[a-z]+(?:_[a-z]+)*$/);
    expect(name.endsWith("_total")).toBe(type === "counter");
    if (type === "histogram") expect(name).toMatch(/_seconds$/);
    expect(name).not.toMatch(/(?:millis|_ms|_kb|_mb|_minutes|_hours|_count|_sum|_bucket)$/);
    expect(help).toMatch(/^[A-Z0-9].*[^.]$/);
    expect(labels.filter((label) => !Object.hasOwn(LABELS, label))).toEqual([]);
    expect(buckets !== undefined).toBe(type === "histogram");
    expect(buckets?.toSorted((a, b) => a - b)).toEqual(buckets);
  });

  test("has no label that nothing uses", () => {
    const used = new Set(METRIC_NAMES.flatMap((name) => metricRow(name).labels));
    expect(Object.keys(LABELS).filter((label) => ![...used].some((one) => one === label))).toEqual([]);
  });
});

describe("counting", () => {
  test("keeps accounts and labels apart", () => {
    const counters = new Counters();
    counters.add("footbridge_events_accepted_total", A, 2);
    counters.add("footbridge_events_accepted_total", A);
    counters.addBy("footbridge_deliveries_failed_total", A, "gone");
    counters.addBy("footbridge_deliveries_failed_total", A, "timeout", 4);
    counters.addBy("footbridge_deliveries_failed_total", B, "gone");
    counters.refused("messages");
    expect(counters.of("footbridge_events_accepted_total", A)).toBe(3);
    expect(counters.of("footbridge_deliveries_failed_total", A)).toBe(5);
    const samples = counters.samples([A, B]).filter(({ value }) => value > 0);
    expect(samples).toEqual([
      { metric: "footbridge_events_accepted_total", labels: { account: "a" }, value: 3 },
      { metric: "footbridge_deliveries_failed_total", labels: { account: "a", reason: "gone" }, value: 1 },
      { metric: "footbridge_deliveries_failed_total", labels: { account: "a", reason: "timeout" }, value: 4 },
      { metric: "footbridge_deliveries_failed_total", labels: { account: "b", reason: "gone" }, value: 1 },
      { metric: "footbridge_limit_refusals_total", labels: { limit: "messages" }, value: 1 },
    ]);
  });

  test("shows what hasn't happened yet as 0, so that the first time is seen as a rise", () => {
    const names = new Counters().samples([A]).map(({ metric }) => metric);
    expect(names).toContain("footbridge_deliveries_done_total");
    expect(names).toContain("footbridge_sms_parts_total");
  });

  test("puts each span into the first bucket that it fits, whatever it is, and loses none", () => {
    const spans = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(spans, (all) => {
        const counters = new Counters();
        for (const ms of all) counters.took("footbridge_accept_seconds", A, ms);
        const [found] = counters.distributions();
        expect(found === undefined).toBe(all.length === 0);
        const { buckets } = METRICS.footbridge_accept_seconds;
        let upTo = 0;
        for (const [i, bound] of buckets.entries()) {
          upTo += found?.counts[i] ?? 0;
          expect(upTo).toBe(all.filter((ms) => ms / 1_000 <= bound).length);
        }
        expect(upTo + (found?.counts[buckets.length] ?? 0)).toBe(all.length);
        expect(found?.sum ?? 0).toBeCloseTo(
          all.reduce((sum, ms) => sum + ms / 1_000, 0),
          6,
        );
      }),
    );
  });
});
