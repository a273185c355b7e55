// What the picture of the README shows is what the bridge says: its transcript is played as all others are.

import { playChapters } from "../golden/chapters.ts";
import { openScripted } from "../golden/scripted-stage.ts";
import { PICTURE } from "../golden/transcripts/picture.ts";

playChapters([PICTURE], openScripted);
