"use strict";
// Starts the command line, once footbridge.cjs has seen that this Node is new enough.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const url = require("node:url");

// What can be set at the start only: this process is replaced by itself (the same pid), before anything is loaded.
// - The daemon works on many short-lived objects: with V8's own limit of 16 MB for the young ones it holds 30 MB more when idle,
//   and 100 MB more under load, for nothing that was measured. Whoever sets another limit keeps it.
// - src/daemon/idle-memory.ts gives memory back, and needs the collector at hand.
// - glibc gives each of Node's threads a heap of its own, which only fragments here: 10 MB.
const SMALL = "--max-semi-space-size=4";
const isSet = [...process.execArgv, process.env.NODE_OPTIONS || ""].some((option) =>
  option.includes("semi-space-size"),
);
if (process.argv[2] === "run" && process.execve !== undefined && !process.execArgv.includes("--expose-gc")) {
  const flags = isSet ? ["--expose-gc"] : ["--expose-gc", SMALL];
  process.execve(
    process.execPath,
    [process.execPath, ...flags, ...process.execArgv, ...process.argv.slice(1)],
    { MALLOC_ARENA_MAX: "1", ...process.env },
  );
}

// The compiled code of the last start is kept: a good part of the time until the daemon is ready. It lies in a folder of
// this user's, never in a shared one, where others could plant code.
const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
require("node:module").enableCompileCache(path.join(cache, "footbridge", "compile"));

// Old packages behind the Matrix adapter print deprecations of Node that are of no use to an operator.
process.noDeprecation = true;

// A clone runs its TypeScript as it is; an installed package can't (Node strips no types inside node_modules).
const root = path.join(__dirname, "..");
const source = path.join(root, "src", "main.ts");
const inClone = fs.existsSync(source) && !root.split(path.sep).includes("node_modules");
import(url.pathToFileURL(inClone ? source : path.join(root, "dist", "src", "main.js")).href);
