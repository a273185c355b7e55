import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { CHANGED } from "./transcripts/changed.ts";
import { GIVEN_UP } from "./transcripts/given-up.ts";
import { GUARD, WAITING } from "./transcripts/guard.ts";

playChapters([GUARD, WAITING, CHANGED, GIVEN_UP], openScripted);
