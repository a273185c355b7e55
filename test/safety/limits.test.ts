import { describe, expect, it } from "vitest";
import { accountId, networkName, type PersonId } from "../../src/model/ids.ts";
import { LIMIT_NAMES, LIMITS, LONGEST_SPAN, type Scope, SHORTEST_SPAN } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { HOUR } from "../../src/model/time.ts";
import { type LimitedAct, noticeOf, takesOf } from "../../src/safety/limits.ts";

const from = { kind: "identity", network: networkName("sms"), address: sensitive("+351912345678") } as const;
const person = "person-of-the-test" as PersonId; // any opaque id
const account = accountId("sms-main");
const rows = LIMIT_NAMES.map((name) => [name, LIMITS[name]] as const);
const ordinary = (cost: number) => ({ kind: "ordinary", prefix: "+35191", cost }) as const;
const sms = (parts: number, cost: number): LimitedAct => ({
  kind: "sms",
  account,
  to: from,
  destination: ordinary(cost),
  parts,
});

describe("the table of limits", () => {
  it.each(rows)("%s: its counter lives 48 hours at most", (_, { per, pause }) => {
    for (const span of [per, pause?.first ?? per, pause?.longest ?? per]) {
      expect(span).toBeGreaterThanOrEqual(SHORTEST_SPAN);
      expect(span).toBeLessThanOrEqual(LONGEST_SPAN);
    }
    if (pause !== undefined) expect(pause.first).toBeLessThanOrEqual(pause.longest);
  });

  it.each(rows)("%s: says what it counts and why, as a name that keys and config can have", (name, row) => {
    expect(name).toMatch(/^[a-z][A-Za-z]{1,31}$/);
    expect(row.counts.length).toBeGreaterThan(10);
    expect(row.why.length).toBeGreaterThan(20);
    expect(row.why).not.toMatch(/\.$|\|/);
  });

  it("fails closed wherever money or a secret is at stake", () => {
    const open = rows.filter(([, { whenAway }]) => whenAway === "open").map(([name]) => name);
    expect(open).toEqual(["messages", "personMessages", "commands"]);
  });

  it("caps what a day costs strictly, and nobody's own share is as much", () => {
    expect(LIMITS.smsSpend.strict).toBe(true);
    expect(LIMITS.smsPerPhone.budget).toBeLessThan(LIMITS.smsSpend.budget / 2);
  });

  it("gives five wrong codes an hour, then a pause from one hour to a day", () => {
    expect(LIMITS.wrongCodes).toMatchObject({ budget: 5, pause: { first: HOUR, longest: 24 * HOUR } });
  });
});

describe("what an act takes", () => {
  const named = (act: LimitedAct) => takesOf(act).map(({ limit, cost }) => [limit, cost]);

  it.each<[string, LimitedAct, [string, number][]]>([
    [
      "a message counts for its address and its person",
      { kind: "message", from, person },
      [
        ["messages", 1],
        ["personMessages", 1],
      ],
    ],
    ["a command counts for its address", { kind: "command", from }, [["commands", 1]]],
    [
      "each handle code of a text counts for its address, then over all",
      { kind: "codes", codes: "handle", from, count: 3 },
      [
        ["wrongCodes", 3],
        ["wrongHandleCodes", 3],
      ],
    ],
    [
      "a link code has a limit over all of its own, and shares the address's",
      { kind: "codes", codes: "link", from, count: 1 },
      [
        ["wrongCodes", 1],
        ["wrongLinkCodes", 1],
      ],
    ],
    [
      "a code of the reserve counts for its address as any other, and not over all",
      { kind: "reserved-code", from },
      [
        ["wrongCodes", 1],
        ["reservedCodes", 1],
      ],
    ],
    ["a new contact counts for its person", { kind: "new-contact", person }, [["newContacts", 1]]],
    ["a link code given out counts for its person", { kind: "link-code", person }, [["linkCodes", 1]]],
    ["an answer counts for the stranger", { kind: "stranger-answer", to: from }, [["strangerAnswers", 1]]],
    [
      "a text counts by its parts, and by what they cost",
      sms(3, 4),
      [
        ["smsPerPhone", 3],
        ["smsPerPrefix", 3],
        ["smsPerAccount", 3],
        ["smsSpend", 12],
      ],
    ],
    [
      "a text that is free spends nothing, and counts all the same",
      sms(2, 0),
      [
        ["smsPerPhone", 2],
        ["smsPerPrefix", 2],
        ["smsPerAccount", 2],
      ],
    ],
  ])("%s", (_, act, takes) => {
    expect(named(act)).toEqual(takes);
  });

  it("is of the scope that the table says, and shows no address", () => {
    const acts: LimitedAct[] = [
      { kind: "message", from, person },
      { kind: "command", from },
      { kind: "codes", codes: "handle", from, count: 1 },
      { kind: "codes", codes: "link", from, count: 1 },
      { kind: "reserved-code", from },
      { kind: "new-contact", person },
      { kind: "link-code", person },
      { kind: "stranger-answer", to: from },
      sms(1, 1),
    ];
    const takes = acts.flatMap(takesOf);
    expect(takes.map(({ scope }: { scope: Scope }) => scope.kind)).toEqual(
      takes.map(({ limit }) => LIMITS[limit].scope),
    );
    expect(new Set(takes.map(({ limit }) => limit))).toEqual(new Set(LIMIT_NAMES));
    expect(JSON.stringify(takes)).not.toContain("912345678");
  });
});

describe("what a person is told of a verdict", () => {
  const refused = (limit: (typeof LIMIT_NAMES)[number], begins = false) =>
    noticeOf({ kind: "refused", limit, retryAfter: HOUR, begins });

  it("is nothing when nobody ran into a limit", () => {
    expect(noticeOf({ kind: "allowed" })).toBeUndefined();
    expect(noticeOf({ kind: "away", limit: "wrongCodes" })).toBeUndefined();
  });

  it("is a pause when it begins, and not again while it lasts", () => {
    expect(refused("wrongCodes", true)).toEqual({ limit: "wrongCodes", retryAfter: HOUR });
    expect(refused("wrongCodes")).toBeUndefined();
  });

  it("is each refusal of a limit without pauses", () => {
    expect(refused("newContacts")).toEqual({ limit: "newContacts", retryAfter: HOUR });
  });

  it("is nothing of a silent limit, or of one that the sender of a text hears of", () => {
    expect(refused("strangerAnswers")).toBeUndefined();
    expect(refused("smsSpend")).toBeUndefined();
  });
});
