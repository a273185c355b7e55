import { runConformance } from "footbridge/conformance";
import { afterAll, beforeAll, describe } from "vitest";
import { adapter } from "../src/index.ts";
import { prosodyFixture } from "./support/network.ts";
import { hasProsody, Prosody } from "./support/prosody.ts";

const NO_ID = "no server keeps the ids of what a component sends, so repeatSafe is 0";

describe.runIf(hasProsody())("with Prosody", () => {
  let prosody: Prosody;
  beforeAll(async () => {
    prosody = await Prosody.start();
  });
  afterAll(() => prosody.stop());

  runConformance(
    adapter,
    prosodyFixture(() => prosody),
    {
      "does an operation once that is asked for again under the same id": NO_ID,
      "does an operation once whose answer was lost, when it is asked for again": NO_ID,
      "does an operation once that is asked for again by the next process": NO_ID,
      "gives the portal of a number and a person without a request, always the same":
        "nobody has a number here",
    },
  );
});
