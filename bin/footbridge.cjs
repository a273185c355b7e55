#!/usr/bin/env node
"use strict";
// In the language of Node 4, so that an old one gets a sentence and not a syntax error.
var NEEDED = 24;
var found = process.versions.node;
var remedy =
  'in a clone run it as "npx footbridge" (npm ci brings the right Node), else install a newer one.';

if (parseInt(found, 10) < NEEDED) {
  console.error(`footbridge: found Node ${found}, needs Node ${NEEDED} or newer: ${remedy}`);
  process.exit(1);
}

require("./start.cjs");
