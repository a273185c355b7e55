import { expect, test } from "vitest";
import { parse } from "yaml";
import { matrix, registrationOf, registrationYaml } from "../../../adapters/matrix/index.ts";
import { namesOf } from "../../../adapters/matrix/names.ts";
import { configFor } from "./setup.ts";

const config = configFor("http://127.0.0.1:8008", 9_000);

test("the defaults are those of the documents", () => {
  expect(config).toMatchObject({ bot: "footbridge", ghostPrefix: "_fb_", connections: 64 });
  expect(config.appservice).toMatchObject({ id: "footbridge", bind: "127.0.0.1" });
});

test("secrets don't show in a config that is printed", () => {
  expect(JSON.stringify(config)).not.toContain("token-of-a-test");
});

test.each([
  [{ homeserver: { url: "ftp://x", name: "hs" } }],
  [{ homeserver: { url: "http://x", name: "" } }],
  [{ bot: "Upper Case" }],
  [{ connections: 0 }],
  [{ unknown: 1 }],
])("a config with %j is refused", (part) => {
  const whole = {
    network: "matrix",
    homeserver: { url: "http://x", name: "hs" },
    appservice: { port: 1, asToken: "a", hsToken: "b" },
  };
  expect(matrix.config.safeParse(whole).success).toBe(true);
  expect(matrix.config.safeParse({ ...whole, ...part }).success).toBe(false);
});

test("the registration has the bot as a user of its own, both ephemeral flags, no limits and no msc3202", () => {
  const registration = parse(registrationYaml(config));
  expect(registration).toEqual(registrationOf(config));
  expect(registration).toMatchObject({
    id: "footbridge",
    url: "http://127.0.0.1:9000",
    as_token: "as-token-of-a-test",
    hs_token: "hs-token-of-a-test",
    sender_localpart: "_fb_sender",
    rate_limited: false,
    receive_ephemeral: true,
    "de.sorunome.msc2409.push_ephemeral": true,
  });
  expect(registration.namespaces.users).toEqual([
    { exclusive: true, regex: "^@_fb_.*:localhost$" },
    { exclusive: true, regex: "^@footbridge:localhost$" },
  ]);
  expect(Object.keys(registration)).not.toContain("org.matrix.msc3202");
});

test("an address is a user's name in lower case, or none", () => {
  expect(matrix.canonical(" @Ana:Example.org ")).toBe("@ana:example.org");
  for (const wrong of ["ana", "@ana", "+15550100", "#room:hs", "@a b:hs", `@${"a".repeat(300)}:hs`]) {
    expect(matrix.canonical(wrong)).toBeUndefined();
  }
});

test("names come from the alias alone, and ours are told from others'", () => {
  const names = namesOf({ homeserver: { name: "hs" }, bot: "footbridge", ghostPrefix: "_fb_" });
  expect([names.ghost("abc"), names.alias("abc"), names.aliasOfGhost("@_fb_abc:hs")]).toEqual([
    "@_fb_abc:hs",
    "#_fb_abc:hs",
    "#_fb_abc:hs",
  ]);
  expect(["@footbridge:hs", "@_fb_x:hs", "@ana:hs", "@_fb_x:other"].map(names.isOurs)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
