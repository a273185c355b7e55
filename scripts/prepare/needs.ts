import { spawnSync } from "node:child_process";

/** What a command is prepared for. */
export type Purpose = "demo" | "test" | "bench";

/** Something that the system must have, and where it comes from. */
export interface Need {
  readonly id:
    | "redis"
    | "util-linux"
    | "python"
    | "java"
    | "maven"
    | "go"
    | "buildah"
    | "debootstrap"
    | "prosody";
  readonly purposes: readonly Purpose[];
  /** Without it the command can't run at all; else something is left out, and named. */
  readonly required: boolean;
  /** What it is for, in a few words. */
  readonly use: string;
  /** Debian's packages; of several names in one entry the first that is there. */
  readonly debian: readonly (readonly string[])[];
  readonly homebrew: readonly string[];
  /** What is missing, in words; undefined when all is there. */
  lack(): string | undefined;
}

/** All of them. */
export const NEEDS: readonly Need[] = [
  {
    id: "redis",
    purposes: ["demo", "test", "bench"],
    required: true,
    use: "the store",
    debian: [["redis-server"]],
    homebrew: ["redis"],
    lack: lackOfRedis,
  },
  {
    id: "util-linux",
    purposes: ["demo", "test", "bench"],
    required: true,
    use: "ends Redis together with the daemon",
    debian: [["util-linux"]],
    homebrew: [],
    lack: () =>
      process.platform !== "linux" || runs("setpriv", ["--version"]) ? undefined : "no setpriv (util-linux)",
  },
  {
    id: "python",
    purposes: ["test"],
    required: false,
    use: "Synapse, a real Matrix homeserver",
    debian: [["python3"], ["python3-venv"], ["python3-pip"]],
    homebrew: ["python"],
    lack: lackOfPython,
  },
  {
    id: "java",
    purposes: ["test"],
    required: false,
    use: "an SMSC on jSMPP",
    debian: [
      [
        "openjdk-17-jdk-headless",
        "openjdk-21-jdk-headless",
        "openjdk-25-jdk-headless",
        "default-jdk-headless",
      ],
    ],
    homebrew: ["openjdk"],
    lack: lackOfJava,
  },
  {
    id: "maven",
    purposes: ["test"],
    required: false,
    use: "builds that SMSC",
    debian: [["maven"]],
    homebrew: ["maven"],
    lack: () => (runs("mvn", ["--version"]) ? undefined : "no Maven (mvn)"),
  },
  {
    id: "go",
    purposes: ["test", "bench"],
    required: false,
    use: "builds whatsmeow, a WhatsApp phone",
    debian: [["golang-go"]],
    homebrew: ["go"],
    lack: lackOfGo,
  },
  {
    id: "buildah",
    purposes: ["test"],
    required: false,
    use: "builds the image of the Dockerfile",
    debian: [["buildah"]],
    homebrew: [],
    lack: () => (!canChroot() || runs("buildah", ["--version"]) ? undefined : "no buildah"),
  },
  {
    id: "debootstrap",
    purposes: ["test"],
    required: false,
    use: "makes the Debian that the image is built on",
    debian: [["debootstrap"]],
    homebrew: [],
    lack: () => (!canChroot() || runs("debootstrap", ["--version"]) ? undefined : "no debootstrap"),
  },
  {
    id: "prosody",
    purposes: ["test"],
    required: false,
    use: "an XMPP server, for the example of an adapter",
    debian: [["prosody"]],
    homebrew: ["prosody"],
    // not "prosody --version": it starts a server
    lack: () => (runs("prosodyctl", ["about"]) ? undefined : "no Prosody (prosodyctl)"),
  },
];

/** Building and running an image without an engine takes root on Linux: nothing that is installed makes up for it. */
export function canChroot(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}

const found = new Map<string, string | undefined>();

/** What a need lacks on this machine; looked up once. */
export function lackOf(need: Need): string | undefined {
  if (!found.has(need.id)) found.set(need.id, need.lack());
  return found.get(need.id);
}

/** After something was installed. */
export function lookAgain(): void {
  found.clear();
}

function output(program: string, args: readonly string[]): string | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
  return status === 0 ? `${stdout}${stderr}` : undefined;
}

function runs(program: string, args: readonly string[]): boolean {
  return output(program, args) !== undefined;
}

function lackOfRedis(): string | undefined {
  const words = output("redis-server", ["--version"]) ?? output("valkey-server", ["--version"]);
  if (words === undefined) return "no redis-server (or valkey-server)";
  const version = / v=(\d+)\.(\d+)/.exec(words);
  return Number(version?.[1]) >= 7
    ? undefined
    : `a redis-server older than 7.0 (${version?.[1]}.${version?.[2]})`;
}

function lackOfPython(): string | undefined {
  const version = output("python3", ["-c", "import sys; print(*sys.version_info[:2])"])
    ?.trim()
    .split(" ")
    .map(Number);
  if (version === undefined) return "no python3";
  const [major = 0, minor = 0] = version;
  if (major < 3 || minor < 10) return `a Python older than 3.10 (${major}.${minor})`;
  return runs("python3", ["-c", "import venv, ensurepip"])
    ? undefined
    : "no venv module in python3 (python3-venv)";
}

function lackOfJava(): string | undefined {
  const words = output("javac", ["-version"]);
  const version = /javac (\d+)/.exec(words ?? "")?.[1];
  if (version === undefined) return "no JDK (javac)";
  return Number(version) >= 17 ? undefined : `a JDK older than 17 (${version})`;
}

/** From 1.21 on Go fetches the version that a module asks for. */
function lackOfGo(): string | undefined {
  const [, major, minor] = / go(\d+)\.(\d+)/.exec(output("go", ["version"]) ?? "") ?? [];
  if (major === undefined) return "no Go (go)";
  return Number(major) > 1 || Number(minor) >= 21 ? undefined : `a Go older than 1.21 (${major}.${minor})`;
}
