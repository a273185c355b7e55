import { describe, expect, it } from "vitest";
import { loadConfig, loadStateFolder } from "../../src/config/index.ts";
import { change, ENV, errors, load, PATH } from "./loading.ts";
import { filesOf, GOOD, testAdapters } from "./test-adapters.ts";

describe("a config that is right", () => {
  const config = load(GOOD);

  it("gives absolute paths, milliseconds and defaults", () => {
    expect(config.state).toBe("/etc/footbridge/state");
    expect(config.delivery).toEqual({
      deadline: 20 * 3_600_000,
      attempts: 10,
      firstRetry: 1_000,
      longestRetry: 300_000,
      firstNotice: 300_000,
    });
    expect(config).toMatchObject({ log: { level: "info" }, redis: { kind: "embedded" }, drain: 10_000 });
    expect(config.keys.kek).toBeUndefined();
    expect(config.timeZone).not.toBe("");
  });

  it("takes secrets from the environment and from files, without the file's last line break", () => {
    const parts = config.accounts.map(({ config: part }) => part);
    expect(parts[0]).toMatchObject({ token: expect.objectContaining({}) });
    const [matrix, sms] = parts as [
      { token: { expose(): string } },
      { links: { password: { expose(): string } }[] },
    ];
    expect(matrix.token.expose()).toBe("t0ken-value");
    expect(sms.links[0]?.password.expose()).toBe("smpp-password");
  });

  it("gives each pair two parties with canonical addresses, their accounts, the number and the names", () => {
    const [one, other] = config.pairs[0]?.parties ?? [];
    expect(one).toMatchObject({ network: "matrix", account: "matrix", name: "Ana" });
    expect(one?.address.expose()).toBe("@alice:example.org");
    expect(one?.number).toBeUndefined();
    expect(other).toMatchObject({ network: "sms", account: "sms-main", name: "Leo" });
    expect(other?.address.expose()).toBe("+15550123");
    expect(other?.number?.expose()).toBe("+15550111");
  });

  it("shows no secret and no address when it is printed as JSON", () => {
    expect(JSON.stringify(config)).not.toMatch(/t0ken|smpp-password|alice|5550123/);
  });

  it("finds account and number by themselves when there is only one of each", () => {
    const text = change(/, "\+15550112"/, "").replace(/ {4}account: sms-main\n {4}number: .*\n/, "");
    expect(load(text).pairs[0]?.parties[1].number?.expose()).toBe("+15550111");
  });

  it("is read the same with a byte order mark and Windows line ends", () => {
    const windows = `\uFEFF${GOOD.replaceAll("\n", "\r\n")}`;
    expect(load(windows).pairs[0]?.parties[0].address.expose()).toBe("@alice:example.org");
  });

  it("may use anchors, aliases and merge keys", () => {
    const text = change("matrix:\n    network", "matrix: &m\n    network").replace(
      "  sms-main:\n",
      "  second:\n    <<: *m\n    token: other\n  sms-main:\n",
    );
    expect(
      load(
        text
          .replace("pairs:\n", "pairs:\n")
          .replace("account: sms", "matrixAccount: matrix\n    account: sms"),
      ).accounts,
    ).toHaveLength(3);
  });

  it("takes an external Redis with its user, trust and what it may do", () => {
    const text = `${GOOD}redis: {url: "rediss://redis.example:6380", username: bridge, password: {env: TOKEN}, tls: {ca: {file: ca.pem}}, allow: [everysec]}\n`;
    const { redis } = load(text);
    expect(redis).toMatchObject({
      kind: "external",
      username: "bridge",
      tls: { ca: expect.stringContaining("BEGIN") },
    });
    expect(redis).toMatchObject({ allow: ["everysec"] });
  });

  it("takes a Redis Cluster by some of its nodes, with the same user for all", () => {
    const { redis } = load(
      `${GOOD}redis: {cluster: ["redis://one.example:7000", "redis://two.example"], username: bridge}\n`,
    );
    expect(redis).toMatchObject({ kind: "external", username: "bridge" });
    expect(redis.kind === "external" && redis.cluster?.map((url) => url.expose())).toEqual([
      "redis://one.example:7000",
      "redis://two.example",
    ]);
  });

  it("takes a key of 32 octets in hex or base64", () => {
    const key = Buffer.alloc(32, 7);
    for (const form of ["hex", "base64"] as const) {
      expect(load(`${GOOD}keys: {kek: "${key.toString(form)}"}\n`).keys.kek?.expose()).toBe(
        key.toString("base64"),
      );
    }
  });

  it("warns of a secret's file that others may read", () => {
    const lines: string[] = [];
    load(GOOD, (line) => lines.push(line), 0o644);
    expect(lines).toEqual([
      `${PATH}:13:9: accounts.sms-main.links[0].password: others on this machine may read secrets/smpp; "chmod 600" closes it`,
    ]);
  });
});

describe("http", () => {
  it("is off unless it is there, and then listens on loopback alone unless it is told otherwise", () => {
    expect(load(GOOD).http).toBeUndefined();
    expect(load(`${GOOD}http: {}\n`).http).toEqual({ bind: "127.0.0.1", port: 9_600 });
    expect(load(`${GOOD}http: {bind: "::", port: 80}\n`).http).toEqual({ bind: "::", port: 80 });
  });

  it("takes an address to listen at, and no name", () => {
    expect(errors(`${GOOD}http: {bind: localhost, port: 0}\n`)).toEqual([
      expect.stringMatching(
        /http\.bind: found "?localhost"?, expected an IP address such as 127\.0\.0\.1 or ::1/,
      ),
      expect.stringMatching(/http\.port: found 0, expected /),
    ]);
  });
});

describe("a config that is wrong says file, line, key, found and expected", () => {
  const cases: readonly [name: string, text: string | Uint8Array, lines: readonly string[]][] = [
    ["an empty file", "", [": found an empty file, expected keys with values, as in config.example.yaml"]],
    [
      "only a comment",
      "# nothing\n",
      [": found an empty file, expected keys with values, as in config.example.yaml"],
    ],
    [
      "a list at the top",
      "- a\n- b\n",
      [": found a list of 2, expected keys with values, as in config.example.yaml"],
    ],
    [
      "a file that is not UTF-8",
      new Uint8Array([0xff, 0xfe, 0x73, 0x00]),
      [": found octets that are no UTF-8, expected a text file in UTF-8"],
    ],
    [
      "a file of more than a megabyte",
      `# ${"x".repeat(1_100_000)}`,
      [": found more than 1 MiB, expected a config file"],
    ],
    [
      "a tab as indentation",
      change("  matrix:\n", "\tmatrix:\n"),
      [":3:1: found a tab, expected spaces: YAML takes no tabs for indentation"],
    ],
    [
      "two documents in one file",
      "---\nstate: a\n---\nstate: b\n",
      [":3:1: found a second document (---), expected one document in the file"],
    ],
    [
      "a key that would vanish",
      change("  sms-main:\n", "  __proto__:\n"),
      [":7:3: found the key __proto__, expected another key"],
    ],
    [
      "a folder's name that no system takes, and accounts that are no group",
      'state: "a\\0b"\naccounts: 5\npairs: [1]\n',
      [
        ":1:8: state: found a text of 3 characters, expected a folder's path",
        ":2:11: accounts: found a number, expected the bridge's accounts by name: {matrix: {network: matrix, ...}}",
        ":3:9: pairs[0]: found a number, expected a group of keys",
      ],
    ],
    [
      "a key twice",
      change("state: ./state\n", "state: ./state\nstate: ./other\n"),
      [":2:1: found a key that stands twice, expected each key once in its group"],
    ],
    [
      "an alias of nothing",
      change("state: ./state", "state: *nothing"),
      [
        ":1:8: found an alias (*name) of nothing, or of what it lies in, expected the anchor (&name) before it, and quotes around a text that begins with *",
      ],
    ],
    [
      "an unknown key, with the one that was meant",
      change("pairs:", "drian: 5s\npairs:"),
      [
        ':14:1: drian: found an unknown key, expected one of state, log, timeZone, keys, backup, redis, adapters, accounts, pairs, operator, http, delivery, limits, drain (did you mean "drain"?)',
      ],
    ],
    [
      "an unknown key in an account's part",
      change("        port:", "        prot: 1\n        port:"),
      [
        ":12:9: accounts.sms-main.links[0].prot: found an unknown key, expected one of host, port, password, bind",
      ],
    ],
    [
      "what is missing, at the group that lacks it",
      change(/ {8}port: 2775\n/, ""),
      [":11:9: accounts.sms-main.links[0].port: found nothing, expected a number"],
    ],
    [
      "values out of range and out of a closed set",
      `${change("port: 2775", "port: 99999\n        bind: tranceiver")}log: {level: verbose}\ndelivery: {deadline: 2d, attempts: 0}\ndrain: 10\ntimeZone: Europe/Lisboa\n`,
      [
        ":12:15: accounts.sms-main.links[0].port: found 99999, expected a number of at most 65535",
        ':13:15: accounts.sms-main.links[0].bind: found a text of 10 characters, expected one of transceiver, transmitter, receiver (did you mean "transceiver"?)',
        ':21:14: log.level: found "verbose", expected one of debug, info, warn, error',
        ':22:22: delivery.deadline: found "2d", expected a duration from 1m to 23h, such as 23h',
        ":22:36: delivery.attempts: found 0, expected a number of at least 1",
        ':23:8: drain: found 10, expected a duration from 0s to 5m, such as 5m (did you mean "10s"?)',
        ':24:11: timeZone: found "Europe/Lisboa", expected a time zone such as Europe/Lisbon (did you mean "Europe/Lisbon"?)',
      ],
    ],
    [
      "secrets that aren't there",
      change("{env: TOKEN}", "{env: TOKNE}").replace("secrets/smpp", "secrets/none"),
      [
        ":6:5: accounts.matrix.token: found an environment variable TOKNE that is not set, expected a secret in it (set TOKNE where footbridge is started)",
        ":13:9: accounts.sms-main.links[0].password: found no such file at secrets/none, expected a readable file that holds the secret (a relative path begins at the config file's folder)",
      ],
    ],
    [
      "a network that isn't there",
      change("network: sms", "network: smss"),
      [
        ':8:14: accounts.sms-main.network: found a text of 4 characters, expected a network: matrix or sms (did you mean "sms"?)',
      ],
    ],
    [
      "a phone number without quotes, which YAML takes for a number",
      change('"+1 (555) 0123"', "+15550123"),
      [":16:10: pairs[0].sms: found a number, expected an address on sms (put it in quotes)"],
    ],
    [
      "an unknown account and a number that isn't its own",
      change("account: sms-main", "account: sms-mian").replace('number: "+15550111"', 'number: "+15550199"'),
      [
        ':17:14: pairs[0].account: found an unknown account, expected one of matrix, sms-main (did you mean "sms-main"?)',
        ":18:13: pairs[0].number: found a text of 9 characters, expected one of the numbers of sms-main",
      ],
    ],
    [
      "an address that is none, and a name that shows a number",
      change("@Alice:example.org", "alice").replace("sms: Leo", "sms: Leo 555 0123"),
      [
        ":15:13: pairs[0].matrix: found a text of 5 characters, expected an address on matrix",
        ":19:31: pairs[0].names.sms: found a text of 12 characters, expected a name of 1 to 40 characters that shows no number and no address",
      ],
    ],
    [
      "one party alone, and a third name",
      change(/ {4}sms: .*\n/, ""),
      [":15:5: pairs[0]: found one party, expected exactly two of matrix, sms"],
    ],
    [
      "the same phone and number twice, with both lines",
      `${GOOD}  - {matrix: "@bob:example.org", sms: "+15550123", number: "+15550111", names: {matrix: Bob, sms: Mia}}\n`,
      [
        ":20:60: pairs[1].number: found the same sms address and number as in pairs[0] in line 18, expected another number for each conversation of one phone",
      ],
    ],
    [
      "the same two parties twice",
      `${GOOD}  - {matrix: "@alice:example.org", sms: "+15550123", number: "+15550112", names: {matrix: Bob, sms: Mia}}\n`,
      [
        ":20:41: pairs[1].sms: found the same two parties as in pairs[0] in line 16, expected each two parties in one pair",
      ],
    ],
    [
      "two counterparts who look alike to one person",
      `${GOOD}  - {matrix: "@bob:example.org", sms: "+15550123", number: "+15550112", names: {matrix: ANA, sms: Mia}}\n`,
      [
        ":20:89: pairs[1].names.matrix: found the same name for the same viewer as in pairs[0] in line 19, expected a name that no one else has whom they talk to",
      ],
    ],
    [
      "a Redis that is one server and a cluster",
      `${GOOD}redis: {url: "redis://a", cluster: ["redis://a", "redis://b"]}\n`,
      [":20:27: redis.cluster: found a list of 2, expected url or cluster, not both"],
    ],
    [
      "a cluster with databases, and with TLS on some of its nodes",
      `${GOOD}redis: {cluster: ["redis://a/3", "rediss://b"]}\n`,
      [
        ":20:9: redis.cluster: found a list of 2, expected URLs without a database's number, since a cluster has only one",
        ":20:9: redis.cluster: found a list of 2, expected redis:// for all nodes, or rediss:// for all",
      ],
    ],
    [
      "certificates for a Redis without TLS, and a user of none",
      `${GOOD}redis: {url: "redis://a", tls: {serverName: b}}\n`,
      [":20:27: redis.tls: found a group of keys, expected none beside redis://, only beside rediss://"],
    ],
    [
      "a cluster's node that is no URL",
      `${GOOD}redis: {cluster: ["redis://a", "canary"]}\n`,
      [
        ":20:32: redis.cluster[1]: found a text of 6 characters, expected redis://HOST:PORT or rediss://HOST:PORT, as a text, {file: PATH} or {env: NAME}, without a user name or password",
      ],
    ],
    [
      "a user of the private Redis",
      `${GOOD}redis: {username: bridge}\n`,
      [
        ":20:19: redis.username: found a text of 6 characters, expected a url or a cluster beside it, since the private Redis needs none of this",
      ],
    ],
    [
      "a password within the URL of Redis, which isn't shown",
      `${GOOD}redis: {url: "redis://bridge:hunter2@127.0.0.1"}\n`,
      [
        ":20:14: redis.url: found a text of 32 characters, expected redis://HOST:PORT or rediss://HOST:PORT, as a text, {file: PATH} or {env: NAME}, without a user name or password",
      ],
    ],
    [
      "no account",
      "state: ./state\naccounts: {}\n",
      [
        ":2:1: accounts: found a group of keys, expected at least one account: {NAME: {network: NETWORK, ...}}",
      ],
    ],
  ];
  it.each(cases)("%s", (_, text, lines) => {
    expect(errors(text)).toEqual(lines);
  });

  it("a folder, a file that isn't there, a file that may not be read", () => {
    const make =
      '"footbridge init" makes one, and config.example.yaml is one to start from; --config FILE names another';
    for (const [code, words, hint] of [
      ["EISDIR", "a folder", make],
      ["ENOENT", "no such file", make],
      ["EACCES", "a file that this user may not read", "run this as the bridge's user, whose file it is"],
    ] as const) {
      const readFile = () => {
        throw Object.assign(new Error("x"), { code });
      };
      expect(() => loadConfig("c.yaml", { adapters: testAdapters, env: ENV, readFile })).toThrow(
        `c.yaml: found ${words}, expected a config file (${hint})`,
      );
    }
  });

  it("a thousand aliases of aliases, in no time", () => {
    let text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (let i = 1; i < 12; i++)
      text += `a${i}: &a${i} [${Array(10)
        .fill(`*a${i - 1}`)
        .join(", ")}]\n`;
    expect(errors(text)).toEqual([": found a great many aliases (*name), expected few of them, or none"]);
  });

  it("an alias within what it names", () => {
    expect(errors("state: &s [*s]\n")[0]).toContain(
      ":1:12: found an alias (*name) of nothing, or of what it lies in",
    );
  });

  it("brackets without an end", () => {
    expect(errors("[".repeat(100_000)).length).toBeGreaterThan(0);
  });
});

describe("the state folder alone", () => {
  it("is found although the rest of the file is wrong", () => {
    expect(loadStateFolder("/x/c.yaml", filesOf({ "/x/c.yaml": "state: s\nfoo: [1\n  ]\n" }))).toBe("/x/s");
  });
  it("is asked for when it is missing", () => {
    expect(() => loadStateFolder("c.yaml", filesOf({ "c.yaml": "a: 1\n" }))).toThrow(
      "c.yaml:1:1: state: found nothing, expected a folder's path",
    );
  });
});
