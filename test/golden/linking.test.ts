import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { LINKED_GUEST, LINKED_TALK, PREFERRING } from "./transcripts/linked-talk.ts";
import { LINKING } from "./transcripts/linking.ts";

playChapters([LINKING, LINKED_TALK, LINKED_GUEST, PREFERRING], openScripted);
