// A recording while it is made, and when it is in the line.
import { putSound, type Sound } from "../store/composing";
import { drop, keep, recording } from "../store/recording";
import { t } from "../texts";
import { MAX_BYTES, MAX_SECONDS } from "../sound/recorder";
import { Icon } from "./icon";

/** Seconds as a clock shows them. */
const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;

/** What runs: how long, how loud, how much of what a message holds. */
export function RecordingBar() {
  const now = recording.value;
  if (!now) return null;
  const share = Math.max(now.seconds / MAX_SECONDS, now.bytes / MAX_BYTES);
  return (
    <div class="replying recording" role="group" aria-label={t("web.recording")}>
      <span class="recording-dot" aria-hidden="true" />
      <span class="recording-time">
        {clock(now.seconds)} / {clock(MAX_SECONDS)}
      </span>
      <meter class="level" min={0} max={1} value={now.level} aria-label={t("web.record_level")} />
      <meter class="share" min={0} max={1} high={0.9} value={share} aria-label={t("web.record_share")} />
      <button type="button" class="button main" onClick={() => void keep()}>
        <Icon name="circle-stop" size={18} />
        {t("web.record_stop")}
      </button>
      <button type="button" class="round" aria-label={t("web.no_sound")} title={t("web.no_sound")} onClick={() => void drop()}>
        <Icon name="x" size={18} />
      </button>
    </div>
  );
}

/** What was recorded, or taken from a file, to be heard before it is sent. */
export function SoundToSend({ chat, sound }: { chat: string; sound: Sound }) {
  return (
    <div class="replying">
      {/* What somebody has just said has no captions. */}
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
      <audio controls src={sound.url} aria-label={t("web.sound_to_send")} />
      <button type="button" class="round" aria-label={t("web.no_sound")} title={t("web.no_sound")} onClick={() => putSound(chat, null)}>
        <Icon name="x" size={18} />
      </button>
    </div>
  );
}
