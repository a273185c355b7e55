"use strict";
// First of each npm script: a Node that is too old gets one clear sentence. In the language of Node 4.
var NEEDED = 24;
var found = process.versions.node;
var remedy = 'run "npm ci" without --ignore-scripts, which brings the right one into node_modules.';

if (parseInt(found, 10) < NEEDED) {
  console.error(`footbridge: found Node ${found}, needs Node ${NEEDED} or newer: ${remedy}`);
  process.exit(1);
}
