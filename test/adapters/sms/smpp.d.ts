// The part of npm `smpp` (it has no types) that npm-smpp.peer.test.ts uses, as its README has it.
declare module "smpp" {
  import type { EventEmitter } from "node:events";
  import type { Server } from "node:net";

  export interface NpmPdu {
    readonly command: string;
    readonly command_status: number;
    readonly source_addr?: string;
    readonly destination_addr?: string;
    readonly data_coding?: number;
    readonly registered_delivery?: number;
    readonly short_message?: { readonly message?: string | Buffer; readonly udh?: readonly Buffer[] };
    response(fields?: object): NpmPdu;
  }

  export interface NpmSession extends EventEmitter {
    send(pdu: NpmPdu): boolean;
    deliver_sm(fields: object, answered: (pdu: NpmPdu) => void): boolean;
    close(): void;
    destroy(): void;
  }

  export function createServer(options: object, listener: (session: NpmSession) => void): Server;
}
