import { loopback } from "../../../adapters/loopback/index.ts";
import { loopbackFixture } from "../../conformance/networks/loopback.ts";
import { runConformance } from "../../conformance.ts";

runConformance(loopback, loopbackFixture, {
  "gives the portal of a number and a person without a request, always the same":
    "its threads have to be opened",
});
