import { describe, expect, it } from "vitest";
import { ConfigError, loadConfig } from "../../src/config/index.ts";
import { LIMIT_NAMES, LIMITS } from "../../src/model/limits.ts";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { filesOf, GOOD, testAdapters } from "./test-adapters.ts";

const PATH = "/fb/c.yaml";
const ENV = { TOKEN: "a-long-enough-token" };

function load(limits: string) {
  const text = `${GOOD}\nlimits:\n${limits}`;
  const readFile = filesOf({ [PATH]: text, "/fb/secrets/smpp": "a-password" });
  return loadConfig(PATH, { adapters: testAdapters, env: ENV, readFile }).limits;
}

function problems(limits: string): string {
  try {
    load(limits);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

describe("the limits of the config", () => {
  it("are the table's where nothing is said", () => {
    const { settings, sms } = load("  {}");
    for (const name of LIMIT_NAMES) {
      const { budget, per, pause } = LIMITS[name];
      expect(settings[name], name).toEqual(pause === undefined ? { budget, per } : { budget, per, pause });
    }
    expect(sms).toEqual({
      to: [],
      refuse: ["premium", "special", "satellite", "unallocated"],
      costs: { "+": 1 },
    });
  });

  it("change one by one, the rest stays", () => {
    const { settings } = load(`
  wrongCodes: {pause: 2h}
  smsSpend: {budget: 50000}
  messages: {budget: 100, per: 10s, longestPause: 5m}`);
    expect(settings.wrongCodes).toEqual({ budget: 5, per: DAY, pause: { first: 2 * HOUR, longest: DAY } });
    expect(settings.smsSpend).toEqual({ budget: 50_000, per: DAY });
    expect(settings.messages).toEqual({
      budget: 100,
      per: 10_000,
      pause: { first: MINUTE, longest: 5 * MINUTE },
    });
    expect(settings.commands).toMatchObject({ budget: 20 });
  });

  it("say where texts go and what they cost", () => {
    const { sms } = load(`
  smsTo: ["+351", "+1202"]
  smsRefuse: [premium]
  smsCosts: {"+": 2, "+351": 0}`);
    expect(sms).toEqual({ to: ["+351", "+1202"], refuse: ["premium"], costs: { "+": 2, "+351": 0 } });
  });

  it.each([
    ["  wrongCode: {budget: 1}", /wrongCode: found an unknown key.*did you mean "wrongCodes"/],
    ["  newContacts: {pause: 1h}", /limits\.newContacts\.pause: found an unknown key/],
    ["  newContacts: {budget: 2.5}", /limits\.newContacts\.budget: found 2\.5/],
    ["  newContacts: {budget: -1}", /limits\.newContacts\.budget: found -1/],
    ["  newContacts: {per: 2d}", /limits\.newContacts\.per: found "2d", expected a duration from 1s to 1d/],
    [
      "  wrongCodes: {pause: 3h, longestPause: 2h}",
      /limits\.wrongCodes\.pause: found "3h", expected a pause/,
    ],
    ["  smsRefuse: [premuim]", /smsRefuse\[0\]: found "premuim".*did you mean "premium"/],
    ["  smsCosts: {'+351': 0.5}", /limits\.smsCosts/],
  ])("%s is a problem that says where", (limits, said) => {
    expect(problems(limits)).toMatch(said);
  });

  it("never repeat a phone number that was written where its beginning belongs", () => {
    const said = problems("  smsTo: ['+15557770123']\n  smsCosts: {'+15557770123': 1, '15557770123': x}");
    expect(said).toContain("smsTo[0]");
    expect(said).toContain("smsCosts");
    expect(said).not.toContain("5557770");
  });
});
