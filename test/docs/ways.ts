/**
 * How a command of the documents is tried. Every command line that a document tells people to type has one; a row that fits
 * no command any more is a failure, too.
 */
export interface Way {
  /** The document; any when left out. */
  readonly file?: string;
  /** The command as it stands there, or what fits it. */
  readonly command: string | RegExp;
  readonly way: Trial;
}

export type Trial =
  /**
   * Run for real, one after the other, in a folder of its document's own that looks like a fresh clone. `code` is the exit
   * code (0), `shows` what it has to print.
   */
  | {
      readonly kind: "clone";
      readonly code?: number;
      readonly shows?: RegExp;
      /** What the document has the reader do before by hand: `addresses` writes those of loopback servers into config.yaml. */
      readonly byHand?: "addresses";
    }
  /** Run in the folder of its document and left running until the document's last command; ready when it logs so. */
  | { readonly kind: "daemon" }
  /** Run for real in a folder in which a daemon runs with `config.yaml`, which all documents share. */
  | { readonly kind: "house"; readonly code?: number; readonly shows?: RegExp }
  /** Another test runs it: this file, which has to be there and to contain these words. */
  | { readonly kind: "elsewhere"; readonly test: string; readonly words: string }
  /** Can't be run by a test. */
  | { readonly kind: "not here"; readonly reason: string };

const house = (code?: number, shows?: RegExp): Trial => ({
  kind: "house",
  ...(code === undefined ? {} : { code }),
  ...(shows === undefined ? {} : { shows }),
});
const elsewhere = (test: string, words: string): Trial => ({ kind: "elsewhere", test, words });
const notHere = (reason: string): Trial => ({ kind: "not here", reason });
const clone: Trial = { kind: "clone" };

/** The first row that fits counts. Rows for one document stand before those for all. */
export const WAYS: readonly Way[] = [
  // followed from top to bottom by a test of its own
  {
    file: "docs/writing-an-adapter.md",
    command: /./,
    way: elsewhere("test/docs/writing-an-adapter.peer.test.ts", "docs/writing-an-adapter.md"),
  },

  // against a real daemon
  {
    command: /^footbridge backup --new-key /,
    way: elsewhere("test/cli/backup.test.ts", 'footbridge("backup", "--new-key"'),
  },
  {
    command: /^footbridge backup --verify /,
    way: elsewhere("test/cli/backup.test.ts", 'footbridge("backup", "--verify"'),
  },
  {
    command: /^footbridge backup [\w/.$()%+ -]+$/,
    way: elsewhere("test/cli/backup.test.ts", 'footbridge("backup", at('),
  },

  // A newcomer's first commands. What they start takes minutes: the demo's and the launcher's tests run the programs themselves.
  { command: "npm ci && npm run demo", way: elsewhere("test/scenarios/demo.test.ts", "npm run demo") },
  { command: "npm ci && npm test", way: notHere("it is what runs this test") },
  { command: "npm ci", way: notHere("needs a registry; the clone has been installed when tests run") },
  { command: "npm run demo", way: elsewhere("test/scenarios/demo.test.ts", "npm run demo") },
  { command: "npm test", way: notHere("it is what runs this test") },
  { command: "npm run check", way: notHere("it is what runs this test") },
  {
    command: /^npx vitest run --project fast test\/[\w/-]+\.test\.ts$/,
    way: { kind: "clone", shows: /passed/ },
  },

  // next-to-synapse.md is followed: the way by hand
  {
    file: "docs/next-to-synapse.md",
    command: "cp config.example.yaml config.yaml && chmod 600 config.yaml",
    way: clone,
  },
  {
    file: "docs/next-to-synapse.md",
    command: "npx footbridge register",
    way: { kind: "clone", byHand: "addresses", shows: /registration\.yaml/ },
  },
  { command: /^sudo /, way: notHere("changes the system") },
  {
    file: "docs/next-to-synapse.md",
    command: "npx footbridge doctor",
    way: { kind: "clone", shows: /homeserver: it answers/ },
  },
  { file: "docs/next-to-synapse.md", command: "npx footbridge run", way: { kind: "daemon" } },
  {
    file: "docs/next-to-synapse.md",
    command: "npx footbridge status",
    way: { kind: "clone", shows: /matrix +matrix +connected/ },
  },
  // container.md
  {
    command: /^docker /,
    way: notHere("needs a container engine; the test of the image builds and runs it without one"),
  },
  { file: "docs/container.md", command: /^openssl rand -hex 32 \| sudo/, way: notHere("needs root") },
  {
    file: "docs/container.md",
    command: "npm ci && npm pack",
    way: notHere("the test of the package packs it"),
  },

  // quick-start.md is followed from top to bottom: with the config that it makes, and a bridge that runs from then on
  {
    command: /^npx footbridge init\b/,
    way: notHere("it asks on a terminal: its own tests play the answers"),
  },
  {
    file: "docs/quick-start.md",
    command: /^(?:mkdir -p secrets|openssl rand|chmod 600 secrets|cp config\.example\.yaml)/,
    way: clone,
  },
  {
    file: "docs/quick-start.md",
    command: "npx footbridge doctor",
    way: { kind: "clone", byHand: "addresses", shows: /homeserver: it answers/ },
  },
  { file: "docs/quick-start.md", command: "npx footbridge run", way: { kind: "daemon" } },
  {
    file: "docs/quick-start.md",
    command: "npx footbridge status",
    way: { kind: "clone", shows: /matrix +matrix +connected/ },
  },
  // sms-provider.md
  {
    file: "docs/sms-provider.md",
    command: /smsc-main\.ts|sms-test\.yaml/,
    way: elsewhere("test/docs/sms-provider.test.ts", "docs/sms-provider.md"),
  },

  // operating.md, and whatever else asks a running bridge: `house` with the exit code and what it has to print
  { command: /^(?:npx )?footbridge doctor(?: --json)?$/, way: house(0, /homeserver/) },
  {
    command: /^(?:npx )?footbridge audit$/,
    way: house(0, /^FAMILY +RECORD +KEYS +OCTETS +SEALED BY +GOES\n[\s\S]*All keys are explained/m),
  },
  {
    command: /^(?:npx )?footbridge whatsapp (?:un)?pair\b/,
    way: elsewhere("test/adapters/whatsapp/pair-command.peer.test.ts", '"whatsapp", "pair"'),
  },
];
