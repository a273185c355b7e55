import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { GIVEN_UP } from "./transcripts/given-up.ts";
import { GUARD, WAITING } from "./transcripts/guard.ts";

playChapters([GUARD, WAITING, GIVEN_UP], openScripted);
