import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { buffer } from "node:stream/consumers";
import { CERTIFICATE, PRIVATE_KEY } from "../localhost-certificate.ts";

/**
 * Where media is uploaded to and downloaded from, by HTTPS on 127.0.0.1. It sees ciphertext. Shapes: baileys
 * lib/Utils/messages-media.js (`getWAUploadToServer`, `downloadContentFromMessage`), whatsmeow upload.go and download.go.
 */
export class MediaHost {
  /** What uploads have to show. */
  readonly auth = randomBytes(12).toString("hex");
  /** The encrypted files, by path. */
  readonly files = new Map<string, Buffer>();
  /** The next requests are answered with these statuses instead. */
  readonly statuses: number[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ key: PRIVATE_KEY, cert: CERTIFICATE }, (request, response) => {
      this.#serve(request, response).catch(() => response.destroy());
    });
  }

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  /** Host and port. */
  get host(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the media host isn't listening");
    return `127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", `https://${this.host}`);
    const body = request.method === "POST" ? await buffer(request) : undefined;
    const status = this.statuses.shift();
    if (status !== undefined) return void response.writeHead(status).end();
    if (body !== undefined) return this.#store(url, body, response);
    const file = this.files.get(url.pathname);
    if (file === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-length": file.length }).end(file);
  }

  /** The last part of the path is the digest of what is uploaded, in one of the two base64 alphabets. */
  #store(url: URL, body: Buffer, response: ServerResponse): void {
    const named = Buffer.from(decodeURIComponent(url.pathname.split("/").at(-1) ?? ""), "base64url");
    const digest = createHash("sha256").update(body).digest();
    if (url.searchParams.get("auth") !== this.auth) return void response.writeHead(401).end();
    if (!named.equals(digest)) return void response.writeHead(400).end();
    const path = `/v/t62.7118-24/${randomBytes(12).toString("hex")}.enc`;
    this.files.set(path, body);
    // whatsmeow appends "&hash=" to the path, so it has to have a query already.
    const directPath = `${path}?ccb=1`;
    const answer = { url: `https://${this.host}${directPath}`, direct_path: directPath };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }
}
