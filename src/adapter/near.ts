import net from "node:net";

const NEAR = new net.BlockList();
for (const [start, bits] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  NEAR.addSubnet(start, bits);
NEAR.addAddress("::1", "ipv6");
NEAR.addSubnet("fc00::", 7, "ipv6");

/**
 * Whether what is sent to a host in clear stays on this machine or in a private network, which may be a tunnel: its address says
 * so, or its name has one part, as containers beside each other have it. `host` as in a URL, IPv6 with or without brackets.
 */
export function isNear(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  const version = net.isIP(address);
  if (version === 0) return !address.includes(".") || address.endsWith(".localhost");
  return NEAR.check(address, version === 6 ? "ipv6" : "ipv4");
}
