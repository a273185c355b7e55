import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { GUARD, WAITING } from "./transcripts/guard.ts";

playChapters([GUARD, WAITING], openScripted);
