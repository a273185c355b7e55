import { expect, test } from "vitest";
import { isNear } from "../../src/adapter/index.ts";

test.each([
  "localhost",
  "bridge.localhost",
  "synapse",
  "127.0.0.1",
  "127.8.8.8",
  "10.1.2.3",
  "172.31.255.255",
  "192.168.4.5",
  "::1",
  "[::1]",
  "fd00::5",
])("%s is near", (host) => expect(isNear(host)).toBe(true));

test.each([
  "example.org",
  "localhost.example.org",
  "172.32.0.1",
  "198.51.100.7",
  "2001:db8::1",
  "[2001:db8::1]",
])("%s isn't", (host) => expect(isNear(host)).toBe(false));
