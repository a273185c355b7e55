import type { BinaryNode } from "baileys";
import type { PduOf } from "../adapters/sms/smpp/pdu.ts";
import type { Homeserver } from "../test/support/homeserver.ts";
import type { HomeserverRequest } from "../test/support/homeserver-request.ts";
import type { LoopbackSmsc } from "../test/support/smsc.ts";
import { CAST, digits } from "./cast.ts";
import type { WhatsAppSide } from "./whatsapp-side.ts";

/** All that the daemon sent to the networks, and the envelopes that its messages have on WhatsApp: kept to be searched. */
export class Outbox {
  readonly requests: HomeserverRequest[] = [];
  readonly submits: PduOf<"submit_sm">[] = [];
  readonly stanzas: BinaryNode[] = [];
  readonly envelopes: BinaryNode[] = [];

  constructor(homeserver: Homeserver, smsc: LoopbackSmsc, { server }: WhatsAppSide) {
    homeserver.onRequest = (request) => this.requests.push(request);
    smsc.onSubmit = (submit) => this.submits.push(submit);
    server.traffic.watch(({ direction, number, stanza }) => {
      const isAnas = number === digits(CAST.ana.phone);
      // What Ana's own phone sends isn't the daemon's. Without a number: a client that isn't linked yet.
      if (direction === "in" && !isAnas) this.stanzas.push(stanza);
      if (direction === "out" && isAnas && stanza.tag === "message") this.envelopes.push(stanza);
    });
  }
}
