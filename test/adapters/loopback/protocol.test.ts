import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loopback } from "../../../adapters/loopback/index.ts";
import { LineReader } from "../../../adapters/loopback/lines.ts";
import { type NetworkEvent, readLine } from "../../../adapters/loopback/protocol.ts";
import { translate } from "../../../adapters/loopback/translate.ts";

describe("the line reader", () => {
  it("gives the same lines however the octets are cut", () => {
    const anyLine = fc.string({ unit: "grapheme", maxLength: 40 }).map((text) => text.replaceAll("\n", " "));
    fc.assert(
      fc.property(fc.array(anyLine), fc.array(fc.nat({ max: 60 })), (lines, cuts) => {
        let octets = Buffer.from(lines.map((line) => `${line}\n`).join(""));
        const reader = new LineReader();
        const read: string[] = [];
        for (const cut of cuts) {
          read.push(...(reader.push(octets.subarray(0, cut)) ?? []));
          octets = octets.subarray(cut);
        }
        read.push(...(reader.push(octets) ?? []));
        expect(read).toEqual(lines);
      }),
    );
  });

  it("says when a line is longer than any may be", () => {
    const reader = new LineReader();
    expect(reader.push(Buffer.alloc(1 << 20, 0x61))).toEqual([]);
    expect(reader.push(Buffer.from("a"))).toBeUndefined();
  });
});

describe("a line of the network", () => {
  it("is read or is nothing, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.anything().map((any) => JSON.stringify(any) ?? ""),
        ),
        (line) => {
          expect(["object", "undefined"]).toContain(typeof readLine(line));
        },
      ),
    );
  });

  it("is nothing when it lacks what acknowledging it would need", () => {
    expect(
      readLine('{"is":"event","thread":"t","from":"ana","at":1,"late":false,"what":{}}'),
    ).toBeUndefined();
    expect(readLine('{"is":"something new"}')).toBeUndefined();
  });
});

describe("an event", () => {
  const NOW = 2_000;
  const event = (what: unknown, more: Partial<NetworkEvent> = {}): NetworkEvent => ({
    is: "event",
    id: "e1",
    thread: "t1",
    from: "ana",
    at: 1_000,
    late: false,
    what,
    ...more,
  });
  const bodyOf = (what: unknown) => translate(event(what), NOW).body;

  it("becomes a message with its styles, its ref and what it replies to", () => {
    const spans = [{ start: 0, end: 2, style: "bold" }];
    const what = { kind: "text", text: "hi there", spans, replyTo: "m0" };
    const { body, ref } = translate(event(what, { message: "m1" }), NOW);
    expect(ref?.expose()).toBe("m1");
    if (body.kind !== "message") throw new Error("expected a message");
    expect(body.content).toEqual({ kind: "text", text: "hi there", spans });
    expect(body.replyTo?.expose()).toBe("m0");
  });

  it("loses styles that lie outside its text, and is malformed with an address that isn't the web's", () => {
    const outside = [{ start: 0, end: 9, style: "bold" }];
    expect(bodyOf({ kind: "text", text: "hi", spans: outside })).toEqual({
      kind: "message",
      content: { kind: "text", text: "hi" },
    });
    const script = [{ start: 0, end: 2, style: "link", href: "javascript:alert(1)" }];
    expect(bodyOf({ kind: "text", text: "hi", spans: script })).toEqual({ kind: "malformed", what: "other" });
  });

  it.each([
    [{ kind: "edit", target: "m1", text: "new" }, "edit"],
    [{ kind: "reaction", target: "m1", emoji: "👍" }, "reaction"],
    [{ kind: "reaction", target: "m1", emoji: null }, "reaction"],
    [{ kind: "delete", targets: ["m1"] }, "delete"],
    [{ kind: "receipt", targets: ["m1"], status: "delivered" }, "status"],
    [{ kind: "member", change: "left" }, "membership"],
    [{ kind: "attachment", type: "image" }, "message"],
    [{ kind: "something new" }, "malformed"],
    [{ kind: "text", text: 7 }, "malformed"],
    [undefined, "malformed"],
  ])("%j becomes %s", (what, kind) => {
    expect(bodyOf(what).kind).toBe(kind);
  });

  it("is never later than now, and is caught up when it happened while nobody was there", () => {
    const { at, timing } = translate(
      event({ kind: "member", change: "joined" }, { at: 9_999, late: true }),
      NOW,
    );
    expect([at, timing]).toEqual([NOW, "caughtUp"]);
  });
});

describe("the config", () => {
  it("takes a port and a token, and has a default for the rest", () => {
    const parsed = loopback.config.safeParse({ network: "loopback", port: 7_000, token: "secret" });
    if (!parsed.success) throw new Error("expected it to be right");
    expect(parsed.data).toMatchObject({ host: "127.0.0.1", concurrency: 16, timeoutMs: 10_000 });
    expect(parsed.data.token.expose()).toBe("secret");
    expect(JSON.stringify(parsed.data)).not.toContain("secret");
  });

  it.each([{}, { port: 0, token: "x" }, { port: 1, token: "" }, { port: 1, token: "x", concurrency: 0 }])(
    "refuses %j",
    (more) => {
      expect(loopback.config.safeParse({ network: "loopback", ...more }).success).toBe(false);
    },
  );
});
