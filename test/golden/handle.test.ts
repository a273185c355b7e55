import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { HANDLES } from "./transcripts/handles.ts";

playChapters([HANDLES], openScripted);
