import { createServer, type Socket } from "node:net";
import { expect, test } from "vitest";
import { SocketConnector } from "../../../src/store/redis/connector.ts";
import { startTestRedis } from "../../support/redis.ts";

test("a socket that fails twice ends the connection, not the process", async () => {
  const redis = await startTestRedis();
  if (redis.target.kind !== "socket") throw new Error("expected a unix socket");
  const connector = new SocketConnector({ path: redis.target.path });
  const socket = await connector.connect();
  socket.emit("error", new Error("first"));
  socket.emit("error", new Error("second"));
  expect(connector.firstError?.message).toBe("first");
  socket.destroy();
  await redis.stop();
});

test("a connection given up before it began is none", async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => sockets.push(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  const connector = new SocketConnector({ host: "127.0.0.1", port: address.port });
  const connecting = connector.connect();
  connector.disconnect();
  await expect(connecting).rejects.toThrow("closed");
  expect(sockets).toEqual([]);
  await new Promise((resolve) => server.close(resolve));
});
