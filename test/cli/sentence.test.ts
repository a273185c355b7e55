import { describe, expect, it } from "vitest";
import { EXIT } from "../../src/cli/exit.ts";
import { errorSentence, OURS } from "../../src/cli/sentence.ts";
import { AccountTaken } from "../../src/daemon/account-taken.ts";
import { RestoreRefused } from "../../src/daemon/restore.ts";
import { StateFolderUnusable } from "../../src/daemon/state-folder.ts";
import { ControlSocketError } from "../../src/http/control-socket.ts";
import { HttpServerError } from "../../src/http/http-server.ts";
import { PairRefused } from "../../src/pipeline/pairs.ts";
import { BackupKeyUnusable } from "../../src/privacy/backup-key.ts";
import { BackupUnusable } from "../../src/privacy/backup-stream.ts";
import * as privacy from "../../src/privacy/errors.ts";
import { JournalUnusable } from "../../src/store/file-journal.ts";
import { RestoreUnfinished, SchemaMismatch } from "../../src/store/meta.ts";
import * as redis from "../../src/store/redis/errors.ts";
import { SlotsMoved } from "../../src/store/scan.ts";

describe("what the operator is told about an error", () => {
  it("is its own sentence for each class of ours, and each of them is there", () => {
    const classes = {
      ...{
        ...privacy,
        ...redis,
        AccountTaken,
        HttpServerError,
        PairRefused,
        SchemaMismatch,
        SlotsMoved,
        StateFolderUnusable,
      },
      ...{ BackupKeyUnusable, BackupUnusable, JournalUnusable, RestoreRefused, RestoreUnfinished },
    };
    for (const name of OURS) expect(Object.keys(classes)).toContain(name);
    expect(errorSentence(new privacy.KekUnusable("found no key; mount it"))).toEqual({
      text: "footbridge: found no key; mount it",
      code: EXIT.problem,
    });
  });

  it("says whether a daemon answers, something is wrong, or the config is", () => {
    const code = (why: ControlSocketError["why"]) => errorSentence(new ControlSocketError(why, "x")).code;
    expect([code("unreachable"), code("silent"), code("in-use"), code("too-long")]).toEqual([
      EXIT.unreachable,
      EXIT.problem,
      EXIT.problem,
      EXIT.usage,
    ]);
  });

  it("is the class and the system's code for any other, never its message", () => {
    const error = Object.assign(new TypeError("+15550123 wrote hello"), { code: "ECONNRESET" });
    error.stack = "";
    expect(errorSentence(error).text).toBe(
      "footbridge: an unexpected error (TypeError, ECONNRESET): please report it",
    );
    const odd = Object.assign(new Error("x"), { name: "@alice:example.org", code: "+15550123", stack: "" });
    expect(errorSentence(odd)).toEqual({
      text: "footbridge: an unexpected error (Error): please report it",
      code: EXIT.bug,
    });
    expect(errorSentence("+15550123").text).toContain("(string)");
  });

  it("has the system call and the first line of ours, for who mends it; a message can't pass for one", () => {
    const error = Object.assign(new Error("EACCES, open '/home/anna'"), { code: "EACCES", syscall: "open" });
    error.stack = `Error: ${error.message}\n    at open (node:internal/fs:1:1)\n    at read (file:///opt/x/dist/src/store/meta.js:12:3)\n    at async file:///opt/x/dist/src/daemon.js:1:1`;
    expect(errorSentence(error).text).toBe(
      "footbridge: an unexpected error (Error, EACCES, open, at src/store/meta.js:12): please report it",
    );
    const sly = new Error("x\n    at src/15550123:1");
    sly.stack = `Error: ${sly.message}\n    at node:internal:1:1`;
    expect(errorSentence(sly).text).not.toContain("5550123");
  });
});
