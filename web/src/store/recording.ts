// The recording that runs, in one chat at most; when it ends it is in the line, to be heard and sent.
import { signal } from "@preact/signals";
import { canRecord, type Progress, Recorder } from "../sound/recorder";
import { t } from "../texts";
import { state } from "./client";
import { focusLine, putSound } from "./composing";
import { announce, say } from "./said";

export interface Recording extends Progress {
  readonly chat: string;
}

export const recording = signal<Recording | null>(null);
let recorder: Recorder | null = null;
/** Whether somebody has asked for the microphone, and the browser asks them. */
let isAsking = false;

/** Begin to record for a chat. What cannot be recorded is said. */
export async function record(chat: string): Promise<void> {
  if (recorder || isAsking) return;
  isAsking = true;
  try {
    if (!(await canRecord())) {
      say(t("web.cannot_record"));
      return;
    }
    recorder = await Recorder.begin(
      (now) => {
        if (recorder) recording.value = { chat, ...now };
      },
      (error) => {
        if (error) say(error);
        else announce(t("web.record_full"));
        void keep();
      },
    );
    recording.value = { chat, seconds: 0, bytes: 0, level: 0 };
  } catch (error) {
    say(error instanceof DOMException && error.name === "NotSupportedError" ? t("web.cannot_record") : t("web.no_microphone"));
  } finally {
    isAsking = false;
  }
}

/** End it, and put it into the line. */
export async function keep(): Promise<void> {
  const now = recording.value;
  const blob = await end();
  if (!now || !blob || state.value?.state !== "open") return; // the profile may have been locked meanwhile
  if (blob.size) putSound(now.chat, blob);
  else say(t("web.no_microphone"));
  focusLine();
}

/** End it, and keep nothing. */
export async function drop(): Promise<void> {
  await end();
  focusLine();
}

async function end(): Promise<Blob | null> {
  const one = recorder;
  recorder = null;
  recording.value = null;
  try {
    return one ? await one.stop() : null;
  } catch (error) {
    say(error);
    return null;
  }
}
