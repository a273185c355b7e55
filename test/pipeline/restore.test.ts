// People talk, a backup is made, Redis and keys are lost, the backup is restored: they go on, and what was ended stays so.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { auditKeys } from "../../src/daemon/audit.ts";
import { networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { keys } from "../../src/store/keys.ts";
import { texts } from "../../src/store/reply.ts";
import { openScripted, type ScriptedStage } from "../golden/scripted-stage.ts";
import { ACCEPTED, FIRST_CONTACT } from "../golden/transcripts/first-lines.ts";
import { backUp, loseAndRestore } from "../support/backups.ts";
import { until } from "../support/test-house.ts";

let stage: ScriptedStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

async function played(transcript: string) {
  const opened = await openScripted({ seller: "matrix", buyer: "sms", other: "sms" }, undefined, {
    journal: true,
  });
  stage = opened;
  const bound = await opened.play(transcript);
  await opened.idle();
  return { stage: opened, bound, backUp: () => backUp(opened.house, opened.world) };
}

/** The disk is lost, and the backup restored; another process begins. */
async function restored({ clock, restart, world }: ScriptedStage, path: string): Promise<void> {
  await restart(undefined, async () => void (await loseAndRestore(world, path, clock)));
}

const SELLER = "@seller.canary:example.org";

describe("after a restore", () => {
  test("people go on in the same room and by the same number, under the same names; the handle works", async () => {
    const { stage, bound, backUp } = await played(ACCEPTED);
    const path = await backUp();
    const rooms = stage.world.rooms.opened.size;
    await restored(stage, path);
    await stage.play(
      `
buyer  -> are you there?
seller [{name} · bike] <- are you there?
seller [{name} · bike] -> yes, come at six
buyer  <- yes, come at six
other  -> {CODE} is it red?
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "is it red?"
          1 accept · 2 decline · 3 block
`,
      bound,
    );
    expect(stage.world.rooms.opened.size).toBe(rooms); // no room was opened a second time
    const { unexplained, families } = await auditKeys(stage.house.connection, stage.clock);
    expect(unexplained).toEqual([]);
    expect(families.filter(({ withoutTtl }) => withoutTtl > 0)).toEqual([]);
  });

  test("a request that was open can be answered; its first texts aren't there any more", async () => {
    const { stage, bound, backUp } = await played(FIRST_CONTACT);
    await restored(stage, await backUp());
    await stage.play(
      `
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
buyer  -> so is it?
seller [{name} · bike] <- so is it?
`,
      bound,
    );
  });

  test("a STOP of after the backup holds, and its other side is told", async () => {
    const { stage, bound, backUp } = await played(ACCEPTED);
    const path = await backUp();
    await stage.play(
      `
buyer  -> STOP
buyer  <- You won't get texts from this service any more. START to come back.
`,
      bound,
    );
    await stage.idle();
    await restored(stage, path);
    const before = stage.world.phones.shown.length;
    await stage.play(
      `
seller [{name} · bike] -> hello?
seller [{name} · bike] <- Not delivered to {name}: they don't take texts now.
`,
      bound,
    );
    await stage.settled();
    expect(stage.world.phones.shown.slice(before)).toEqual([]);
  });

  test("who was blocked before the backup, or after it, still is", async () => {
    for (const isBefore of [true, false]) {
      const { stage: own, bound, backUp } = await played(ACCEPTED);
      const early = isBefore ? undefined : await backUp();
      await own.play(
        'seller [{name} · bike] -> /block\nseller [{name} · bike] <- Blocked, on all networks. They aren\'t told. "/blocked" lists, "/unblock NAME" undoes.\n',
        bound,
      );
      await own.idle();
      await restored(own, early ?? (await backUp()));
      const before = own.world.rooms.shown.length;
      await own.play("buyer  -> hello?\n", bound);
      await own.settled();
      expect(own.world.rooms.shown.slice(before)).toEqual([]);
      await own.close();
    }
  });

  test("who was forgotten after the backup isn't known, and the others' conversations with them are over", async () => {
    const { stage, bound, backUp } = await played(ACCEPTED);
    const path = await backUp();
    await stage.play(
      `
seller -> forget me
seller <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
seller -> 1
seller <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
buyer  <- This conversation has ended.
`,
      bound,
    );
    const isForgetting = async () =>
      texts(await stage.house.connection.command("ZRANGE", keys.timers, 0, -1)).some((timer) =>
        timer.startsWith("forget:"),
      );
    await until(async () => !(await isForgetting()), 10_000);
    await restored(stage, path);
    const { house } = stage.house;
    expect(await house.people.find(networkName("matrix"), sensitive(SELLER))).toBeUndefined();
    await stage.play(
      `
buyer  -> {CODE} still there?
buyer  <- That code isn't in use. Check it, or ask for a new one.
`,
      bound,
    );
    expect(await count(stage, "{h:*")).toBe(0);
  });

  test("a handle that was ended after the backup stays ended; the conversation that began with it goes on", async () => {
    const { stage, bound, backUp } = await played(ACCEPTED);
    const path = await backUp();
    await stage.play(
      'seller -> handle off bike\nseller <- "bike" has ended: its code isn\'t in use any more. Conversations go on.\n',
      bound,
    );
    await restored(stage, path);
    await stage.play(
      `
other  -> {CODE} is it red?
other  <- That code isn't in use. Check it, or ask for a new one.
buyer  -> me again
seller [{name} · bike] <- me again
`,
      bound,
    );
  });

  test("messages that were on their way at the backup don't come, once or twice", async () => {
    const { stage, bound, backUp } = await played(ACCEPTED);
    stage.phones("phones", "away");
    await stage.play("seller [{name} · bike] -> this one waits\n", bound);
    await until(async () => (await count(stage, "{c0}:d:*")) > 0);
    const path = await backUp();
    stage.phones("phones", "fine");
    await stage.play("buyer  <- this one waits\n", bound);
    await stage.idle();
    const before = stage.world.phones.shown.length;
    await restored(stage, path);
    await stage.settled();
    expect(stage.world.phones.shown.slice(before)).toEqual([]);
  });
});

describe("a backup", () => {
  test("is made while people talk, and holds nothing up for long", async () => {
    const { stage, bound, backUp } = await played(ACCEPTED);
    const making = backUp();
    await stage.play("buyer  -> now?\nseller [{name} · bike] <- now?\n", bound);
    await restored(stage, await making);
    await stage.play("buyer  -> and now?\nseller [{name} · bike] <- and now?\n", bound);
  });

  test("shows no address, no name and no text to who has no key", async () => {
    const { stage, backUp } = await played(`${ACCEPTED}
seller [{name} · bike] -> /block
seller [{name} · bike] <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> STOP
buyer  <- You won't get texts from this service any more. START to come back.
`);
    const journal = await readFile(join(stage.world.folder, "journal"), "utf8");
    expect(journal).toContain("opted-out");
    expect(journal).toContain("blocked");
    expect(journal).not.toMatch(/canary|351|bike/);
    const file = await readFile(await backUp(), "latin1");
    for (const secret of ["canary", "+35191", "910000001", "bike", "come today", "example.org"])
      expect(file, secret).not.toContain(secret);
    const base64 = Buffer.from(SELLER).toString("base64").slice(0, 16);
    expect(file).not.toContain(base64);
    const head = file.slice(8, file.indexOf("}") + 1);
    expect(Object.keys(JSON.parse(head) as object).sort()).toEqual(
      ["created", "ephemeral", "expires", "journal", "key", "mark", "schema", "version"].sort(),
    );
  });
});

/** How many keys of this form there are. */
async function count({ house }: ScriptedStage, pattern: string): Promise<number> {
  return texts(await house.connection.command("KEYS", pattern)).length;
}
