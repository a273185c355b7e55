import { once } from "node:events";
import { createServer, type Server } from "node:http";

/** What strangers learn of a homeserver; each may be left out. */
interface Known {
  readonly name?: string;
  /** Whose profile it shows. */
  readonly users?: readonly string[];
  /** Names that nobody else can take, of users whose profile it doesn't show. */
  readonly taken?: readonly string[];
  /** It is some other web server. */
  readonly isNone?: boolean;
}

/** A homeserver on loopback, as far as `footbridge init` asks one before it knows us. */
export async function smallHomeserver({ name, users = [], taken = [], isNone = false }: Known): Promise<{
  readonly url: string;
  stop(): Promise<void>;
}> {
  const server: Server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "");
    const answer = (status: number, body: object): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    const user = path.startsWith("/_matrix/client/v3/profile/") ? path.split("/").at(-1) : undefined;
    if (isNone) answer(200, { hello: "world" });
    else if (path === "/_matrix/client/versions") answer(200, { versions: ["v1.11"] });
    else if (path === "/_matrix/key/v2/server" && name !== undefined) answer(200, { server_name: name });
    else if (user !== undefined && users.includes(user)) answer(200, {});
    else if (taken.some((one) => path.endsWith(`/register/available?username=${one}`)))
      answer(400, { errcode: "M_USER_IN_USE" });
    else answer(404, { errcode: "M_NOT_FOUND" });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
