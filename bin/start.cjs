"use strict";
// Starts the command line, once footbridge.cjs has seen that this Node is new enough.
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const url = require("node:url");

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
import(url.pathToFileURL(inClone ? source : path.join(root, "dist", "main.js")).href);
