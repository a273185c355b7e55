import { describe, expect, it } from "vitest";
import { change, errors, load } from "./loading.ts";
import { GOOD } from "./test-adapters.ts";

const withOperator = (operator: string, text = GOOD) => `${text}operator: ${operator}\n`;

describe("the operator", () => {
  it("is nobody by default", () => {
    expect(load(GOOD).operator).toBeUndefined();
  });

  it("has a canonical address and the account that tells them, and is never printed", () => {
    const config = load(withOperator('{matrix: "@Admin:example.org"}'));
    expect(config.operator).toMatchObject({ network: "matrix", account: "matrix" });
    expect(config.operator?.address.expose()).toBe("@admin:example.org");
    expect(JSON.stringify(config)).not.toMatch(/admin/i);
  });

  it("is told by the first of several accounts", () => {
    const second =
      "  second:\n    network: matrix\n    homeserver: {url: 'http://h', name: h}\n    token: t\n";
    const text = change("  sms-main:\n", `${second}  sms-main:\n`).replace(
      "    account: sms-main\n",
      "    account: sms-main\n    matrixAccount: matrix\n",
    );
    expect(load(withOperator('{matrix: "@a:b"}', text)).operator?.account).toBe("matrix");
  });

  it.each([
    [
      "an address that is none",
      '{matrix: "+15557770123"}',
      "operator.matrix: found a text of 12 characters, expected an address on matrix",
    ],
    ["a number", "{matrix: 5}", "operator.matrix: found a number, expected an address on matrix"],
    ["no group", '"@a:b"', "operator: found a text of 4 characters, expected an address: {matrix: ADDRESS}"],
    ["no address", "{}", "operator: found no address, expected exactly one of matrix"],
    [
      "a network on which the bridge can't begin a chat",
      '{sms: "+15550123"}',
      "operator.sms: found an unknown key, expected matrix",
    ],
  ])("is refused with %s", (_, operator, line) => {
    const said = errors(withOperator(operator)).join("\n");
    expect(said).toContain(line);
    expect(said).toMatch(/:\d+:\d+: operator/);
    expect(said).not.toMatch(/7770123|@a:b/);
  });

  it("is refused on a network that has no account", () => {
    const text = change(/ {2}matrix:\n(?: {4}.*\n)+/, "").replace(/pairs:\n(?: .*\n)+/, "");
    expect(errors(withOperator('{matrix: "@a:b"}', text)).join("\n")).toContain(
      'operator.matrix: found no account of matrix, expected one under "accounts"',
    );
  });

  it("is checked although something else is wrong", () => {
    const said = errors(withOperator('{matrix: "x y"}', change("state: ./state", "state: 5"))).join("\n");
    expect(said).toContain("operator.matrix: found");
    expect(said).toContain("state: found");
  });
});
