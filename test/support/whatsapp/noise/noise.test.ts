// The responder against the initiator of Baileys, which is whole and unmodified.

import "../quiet-console.ts";
import { type BinaryNode, Curve, encodeBinaryNode, makeNoiseHandler, NOISE_WA_HEADER, proto } from "baileys";
import { pino } from "pino";
import { beforeEach, describe, expect, it } from "vitest";
import { node } from "../nodes.ts";
import { mendSignatures, trustRoot } from "../trust.ts";
import { makeServerIdentity } from "./certificates.ts";
import { NoiseChannel } from "./channel.ts";
import { FrameReader, frameOf } from "./frames.ts";
import type { ClientFinish } from "./responder.ts";

mendSignatures();

/** A server's channel and a client's handler, with what each said to the other. */
class Pair {
  readonly toClient: Buffer[] = [];
  readonly stanzas: BinaryNode[] = [];
  login: ClientFinish | undefined;
  readonly noiseKey = Curve.generateKeyPair();
  readonly channel: NoiseChannel;
  readonly client: ReturnType<typeof makeNoiseHandler>;
  readonly #ephemeral = Curve.generateKeyPair();

  constructor(identity = makeServerIdentity(), routingInfo?: Buffer) {
    trustRoot(identity.root);
    this.channel = new NoiseChannel(identity, (octets) => this.toClient.push(octets), {
      login: (login) => {
        this.login = login;
      },
      stanza: (stanza) => void this.stanzas.push(stanza),
    });
    this.client = makeNoiseHandler({
      keyPair: this.#ephemeral,
      NOISE_HEADER: NOISE_WA_HEADER,
      logger: pino({ level: "silent" }),
      ...(routingInfo === undefined ? {} : { routingInfo }),
    });
  }

  /** What a client writes first. */
  hello(): Uint8Array {
    const clientHello = { ephemeral: this.#ephemeral.public };
    return this.client.encodeFrame(proto.HandshakeMessage.encode({ clientHello }).finish());
  }

  /** The whole handshake, with a login as the third message. */
  async shakeHands(): Promise<void> {
    await this.channel.receive(this.hello());
    await this.channel.receive(await this.finish());
    await this.client.finishInit();
  }

  async finish(): Promise<Uint8Array> {
    const answer = proto.HandshakeMessage.decode((this.toClient.pop() ?? Buffer.alloc(3)).subarray(3));
    const staticKey = this.client.processHandshake(answer, this.noiseKey);
    const payload = this.client.encrypt(
      proto.ClientPayload.encode({ username: 15550000001, device: 1 }).finish(),
    );
    return this.client.encodeFrame(
      proto.HandshakeMessage.encode({ clientFinish: { static: staticKey, payload } }).finish(),
    );
  }
}

describe("the responder of the handshake", () => {
  let pair: Pair;
  beforeEach(() => {
    pair = new Pair();
  });

  it("learns the client's static key and its login", async () => {
    await pair.shakeHands();
    expect(pair.login?.staticKey).toEqual(pair.noiseKey.public);
    expect(Number(pair.login?.payload.username)).toBe(15550000001);
  });

  it("takes stanzas in their order, in one piece or octet by octet", async () => {
    await pair.shakeHands();
    const frames = ["one", "two", "three"].map((id) =>
      pair.client.encodeFrame(encodeBinaryNode(node("ib", { id }))),
    );
    const octets = Buffer.concat(frames);
    await Promise.all([...octets].map((octet) => pair.channel.receive(Buffer.from([octet]))));
    expect(pair.stanzas.map(({ attrs }) => attrs.id)).toEqual(["one", "two", "three"]);
  });

  it("is understood in the other direction", async () => {
    await pair.shakeHands();
    const seen: unknown[] = [];
    pair.channel.send(node("ib", { id: "a" }));
    pair.channel.send(node("ib", { id: "b" }));
    for (const octets of pair.toClient)
      await pair.client.decodeFrame(octets, (frame) => void seen.push(frame));
    expect(seen).toEqual([node("ib", { id: "a" }), node("ib", { id: "b" })]);
  });

  it("lets a client ask for a route first", async () => {
    const routed = new Pair(makeServerIdentity(), Buffer.from("a route"));
    await routed.shakeHands();
    expect(routed.login).toBeDefined();
  });

  it("refuses whoever begins with something else", async () => {
    await expect(pair.channel.receive(Buffer.from("GET / HTTP/1.1\r\n"))).rejects.toThrow("header");
  });

  it("refuses an end of the handshake that was changed on the way", async () => {
    await pair.channel.receive(pair.hello());
    const frame = Buffer.from(await pair.finish());
    frame[frame.length - 1] = (frame.at(-1) ?? 0) ^ 1;
    await expect(pair.channel.receive(frame)).rejects.toThrow();
    expect(pair.login).toBeUndefined();
  });

  it("is refused by a client that trusts another root", async () => {
    await pair.channel.receive(pair.hello());
    trustRoot(makeServerIdentity().root);
    await expect(pair.finish()).rejects.toThrow("intermediate certificate signature invalid");
  });
});

describe("frames", () => {
  it("come out whole, however they were cut", () => {
    const reader = new FrameReader();
    const octets = Buffer.concat([
      NOISE_WA_HEADER,
      frameOf(Buffer.from("one")),
      frameOf(Buffer.alloc(70_000, 7)),
    ]);
    const frames = [octets.subarray(0, 2), octets.subarray(2, 9), octets.subarray(9)].flatMap((part) =>
      reader.push(part),
    );
    expect(frames.map(({ length }) => length)).toEqual([3, 70_000]);
  });

  it("keep the route that stands before the header", () => {
    const reader = new FrameReader();
    const route = Buffer.from("over there");
    reader.push(Buffer.concat([Buffer.from([0x45, 0x44, 0, 1]), frameOf(route), NOISE_WA_HEADER]));
    expect(reader.route).toEqual(route);
  });
});
