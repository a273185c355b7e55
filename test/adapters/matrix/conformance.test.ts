import { matrix } from "../../../adapters/matrix/index.ts";
import { matrixFixture } from "../../conformance/networks/matrix.ts";
import { runConformance } from "../../conformance.ts";

runConformance(matrix, matrixFixture, {
  "gives the portal of a number and a person without a request, always the same":
    "its rooms have to be opened",
});
