import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { BinaryNode, proto } from "baileys";
import type { Core } from "./core.ts";
import { link } from "./iq/linking.ts";
import { SERVER } from "./jids.ts";
import { child, node, now, octetsOf } from "./nodes.ts";
import { type Account, Device, type Line } from "./people/account.ts";
import { bundleOf, type KeyBundle } from "./people/bundle.ts";
import type { CodeAnswer, Forgery } from "./people/phone.ts";

/** How many QR codes a client can show before it has to connect again: as many as were seen. */
const REFS = 6;
/** How long it is waited for a client that shows a code, in ms. */
const PATIENCE = 3_000;

/** It asked for a code to be typed on the phone with this number. */
interface Hello {
  readonly number: string;
  readonly ref: string;
  readonly wrappedKey: Buffer;
}

/** A client that waits to be linked. */
interface Candidate {
  readonly line: Line;
  readonly noiseKey: Buffer;
  readonly bundle: KeyBundle;
  readonly refs: readonly string[];
  hello?: Hello;
  answer?: { readonly account: Account; readonly code: CodeAnswer };
  /** The device that it becomes once it has signed. */
  device?: Device;
}

/**
 * Where clients are linked, by a QR code or by a code that is typed. Stanzas: baileys lib/Socket/socket.js (`pair-device`,
 * `pair-success`, `requestPairingCode`) and messages-recv.js (`link_code_companion_reg`), whatsmeow pair.go and pair-code.go.
 * At the end the client signs, is a device, and has to connect again (515).
 */
export class PairingDesk {
  readonly #core: Core;
  readonly #candidates = new Map<Line, Candidate>();
  readonly #hellos = new EventEmitter();

  constructor(core: Core) {
    this.#core = core;
  }

  /** A client has connected that isn't linked. */
  open(line: Line, noiseKey: Buffer, pairing: proto.ClientPayload.IDevicePairingRegistrationData): void {
    const refs = Array.from({ length: REFS }, () => randomBytes(16).toString("base64"));
    this.#candidates.set(line, { line, noiseKey, bundle: bundleOf(pairing), refs });
    const shown = refs.map((ref) => node("ref", {}, Buffer.from(ref)));
    line.send(this.#set([node("pair-device", {}, shown)]));
  }

  close(line: Line): void {
    this.#candidates.delete(line);
  }

  /** A phone scans the QR code that a client shows. @throws Error when nobody shows it (any more). */
  scan(account: Account, qr: string, forgery?: Forgery): void {
    const [ref = "", noiseKey, identity = "", secret = ""] = qr.replace(/^.*#/, "").split(",");
    const candidate = [...this.#candidates.values()].find(({ refs }) => refs.includes(ref));
    const keys = [candidate?.noiseKey, candidate?.bundle.identity].map((key) => key?.toString("base64"));
    if (candidate === undefined || keys[0] !== noiseKey || keys[1] !== identity) {
      throw new Error("nobody shows this code");
    }
    this.#succeed(candidate, account, Buffer.from(secret, "base64"), forgery);
  }

  /**
   * Somebody types the code that a client shows into this phone. Baileys shows it before the server has heard of it, so it is
   * waited for. @throws Error when no client waits for a code.
   */
  async enterCode(account: Account, code: string): Promise<void> {
    const { candidate, hello } = await this.#waiting(account.number);
    const answer = await account.phone.enterCode(code.replaceAll("-", ""), hello.wrappedKey);
    candidate.answer = { account, code: answer };
    const attrs = { from: SERVER, type: "link_code_companion_reg", id: this.#core.nextId(), t: now() };
    candidate.line.send(
      node("notification", attrs, [
        node("link_code_companion_reg", { stage: "primary_hello" }, [
          node("link_code_pairing_ref", {}, Buffer.from(hello.ref)),
          node("link_code_pairing_wrapped_primary_ephemeral_pub", {}, answer.wrappedEphemeral),
          node("primary_identity_pub", {}, account.phone.identity.public),
        ]),
      ]),
    );
  }

  /** A stanza of a client that isn't linked yet. @throws Error when it doesn't prove what it has to. */
  take(line: Line, stanza: BinaryNode): void {
    const candidate = this.#candidates.get(line);
    if (candidate === undefined || stanza.tag !== "iq") return;
    const registration = child(stanza, "link_code_companion_reg");
    if (registration?.attrs.stage === "companion_hello") this.#hello(candidate, stanza, registration);
    else if (registration?.attrs.stage === "companion_finish") this.#finish(candidate, stanza, registration);
    else if (child(stanza, "pair-device-sign") !== undefined) this.#signed(candidate, stanza);
  }

  /** The newest client that waits for a code on this phone. */
  async #waiting(number: string): Promise<{ candidate: Candidate; hello: Hello }> {
    const signal = AbortSignal.timeout(PATIENCE);
    for (;;) {
      for (const candidate of [...this.#candidates.values()].toReversed()) {
        if (candidate.hello?.number === number) return { candidate, hello: candidate.hello };
      }
      await once(this.#hellos, "hello", { signal });
    }
  }

  #hello(candidate: Candidate, iq: BinaryNode, registration: BinaryNode): void {
    const wrappedKey = octetsOf(registration, "link_code_pairing_wrapped_companion_ephemeral_pub");
    const ref = randomBytes(16).toString("base64");
    candidate.hello = { number: registration.attrs.jid?.split("@")[0] ?? "", ref, wrappedKey };
    this.#hellos.emit("hello");
    const answer = node("link_code_companion_reg", { stage: "companion_hello" }, [
      node("link_code_pairing_ref", {}, Buffer.from(ref)),
    ]);
    candidate.line.send(node("iq", { id: iq.attrs.id, from: SERVER, type: "result" }, [answer]));
  }

  #finish(candidate: Candidate, iq: BinaryNode, registration: BinaryNode): void {
    candidate.line.send(node("iq", { id: iq.attrs.id, from: SERVER, type: "result" }));
    if (candidate.answer === undefined) throw new Error("found the end of a pairing that no phone began");
    const identity = octetsOf(registration, "companion_identity_public");
    const { account, code } = candidate.answer;
    const secret = code.open(octetsOf(registration, "link_code_pairing_wrapped_key_bundle"), identity);
    this.#succeed(candidate, account, secret);
  }

  #succeed(candidate: Candidate, account: Account, secret: Buffer, forgery?: Forgery): void {
    const device = new Device(account, account.nextDevice(), candidate.bundle);
    const identity = account.phone.vouch(candidate.bundle.identity, device.id, secret, forgery);
    candidate.device = device;
    const success = node("pair-success", {}, [
      node("device-identity", {}, identity),
      node("device", { jid: device.jid("pn"), lid: device.jid("lid") }),
      node("platform", { name: "android" }),
    ]);
    candidate.line.send(this.#set([success], now()));
  }

  #signed({ line, device, bundle }: Candidate, iq: BinaryNode): void {
    if (device === undefined) throw new Error("found a signature that nobody asked for");
    const signed = octetsOf(child(iq, "pair-device-sign"), "device-identity");
    if (!device.account.phone.accepts(signed, bundle.identity)) {
      throw new Error("found a companion's signature that isn't genuine");
    }
    link(this.#core, device);
    line.end(node("stream:error", { code: "515" }));
  }

  #set(content: readonly BinaryNode[], t?: string): BinaryNode {
    return node("iq", { from: SERVER, type: "set", id: this.#core.nextId(), xmlns: "md", t }, content);
  }
}
