import type { PduOf } from "../adapters/sms/smpp/pdu.ts";
import type { Homeserver } from "../test/support/homeserver.ts";
import type { HomeserverRequest } from "../test/support/homeserver-request.ts";
import type { LoopbackSmsc } from "../test/support/smsc.ts";

/** All that the daemon sent to the networks, kept to be searched. */
export class Outbox {
  readonly requests: HomeserverRequest[] = [];
  readonly submits: PduOf<"submit_sm">[] = [];

  constructor(homeserver: Homeserver, smsc: LoopbackSmsc) {
    homeserver.onRequest = (request) => this.requests.push(request);
    smsc.onSubmit = (submit) => this.submits.push(submit);
  }
}
