import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { Need } from "./needs.ts";

/** How packages get onto this machine. */
type Installer = "apt" | "homebrew" | "none";

/** Who may install here: root on Debian and its kin, anybody with Homebrew. */
export function installer(): Installer {
  if (process.platform === "darwin") return works("brew", ["--version"]) ? "homebrew" : "none";
  return existsSync("/usr/bin/apt-get") && process.getuid?.() === 0 ? "apt" : "none";
}

/** The one command that somebody who may can type. */
export function commandFor(needs: readonly Need[]): string {
  if (process.platform === "darwin")
    return `brew install ${needs.flatMap((need) => need.homebrew).join(" ")}`;
  const packages = needs.flatMap((need) => need.debian.map((names) => names[0]));
  return `sudo apt-get install -y --no-install-recommends ${packages.join(" ")}`;
}

/** Installs; says whether all went well. What it does is told by `say`, a line at a time. */
export function install(
  how: Exclude<Installer, "none">,
  needs: readonly Need[],
  say: (line: string) => void,
): boolean {
  if (how === "homebrew") return loudly("brew", ["install", ...needs.flatMap((need) => need.homebrew)], say);
  updateOnce(say);
  const packages = needs.flatMap((need) => need.debian.map(firstAvailable));
  const args = ["install", "-y", "-q", "--no-install-recommends", ...packages];
  const services = SERVICES.filter((service) => packages.includes(service));
  return withoutServices(services, () => loudly("apt-get", args, say), say);
}

let updated = false;

function updateOnce(say: (line: string) => void): void {
  if (updated) return;
  updated = true;
  loudly("apt-get", ["update", "-q"], say);
}

/** Of several names of a package the first that this release has. */
function firstAvailable(names: readonly string[]): string {
  const has = (name: string) => {
    const { stdout } = spawnSync("apt-cache", ["policy", name], { encoding: "utf8" });
    return /Candidate: (?!\(none\))/.test(stdout);
  };
  return names.find(has) ?? names[0] ?? "";
}

const POLICY = "/usr/sbin/policy-rc.d";
/** Packages that bring a service of the same name. */
const SERVICES = ["redis-server", "prosody"];

/**
 * Debian starts and enables a service with its package. Footbridge and its tests run servers of their own, so a system service
 * must neither run nor start at boot because of us: policy-rc.d forbids the start while the package is configured (its own
 * words: invoke-rc.d(8)), and the unit is disabled afterwards.
 */
function withoutServices(
  services: readonly string[],
  run: () => boolean,
  say: (line: string) => void,
): boolean {
  if (services.length === 0) return run();
  const ours = !existsSync(POLICY);
  if (ours) writeFileSync(POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return run();
  } finally {
    if (ours) rmSync(POLICY, { force: true });
    for (const service of services) {
      spawnSync("systemctl", ["disable", "--now", service]);
      spawnSync("update-rc.d", [service, "disable"]);
      say(
        `  the package's own service (${service}) was not started and is disabled: the tests run a private one`,
      );
    }
  }
}

function works(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

/** Runs it, and shows its words only when it fails. */
function loudly(program: string, args: readonly string[], say: (line: string) => void): boolean {
  say(`  ${program} ${args.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    env,
    maxBuffer: 64e6,
  });
  if (status === 0) return true;
  const words = error === undefined ? `${stdout}${stderr}` : error.message;
  for (const line of words.trimEnd().split("\n").slice(-15)) say(`    ${line}`);
  return false;
}
