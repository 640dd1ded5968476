// The line for messages: it grows, completes names and emoji, takes pictures and sounds by paste, by drop and from a
// file, and loses nothing that was written.
import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Completion, Head, Offer, PasteChoices } from "../contract";
import { post } from "../net/session";
import { call, settings } from "../store/client";
import { clear, focusLine, keep, putPicture, putSound, restore, write, writing } from "../store/composing";
import { keep as keepRecording, record, recording } from "../store/recording";
import { attempt, say, sayUnlessLost } from "../store/said";
import { goEnd } from "../store/timeline";
import { t } from "../texts";
import { base64, MAX_FILE, preparePicture } from "./pictures";
import { closeDialog, Dialog, dialogIsOpen, showDialog } from "./dialog";
import { openEmojiPicker } from "./emoji_button";
import { Icon } from "./icon";
import { RecordingBar, SoundToSend } from "./recording_bar";

const completion = signal<Completion | null>(null);
const chosen = signal(0);
const room = signal("");
/** Lines from which on a pasted text is asked about. */
const MANY_LINES = 5;
/** Milliseconds after a key before completions are asked for. */
const ASKED_AFTER = 60;

export function Composer({ chat, head }: { chat: string; head: Head }) {
  const line = useRef<HTMLTextAreaElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isSending = useRef(false);
  const { text, reply, picture, sound } = writing(chat);
  const isRecording = recording.value?.chat === chat;
  const isEmpty = !text.trim() && !picture && !sound;

  useEffect(() => restore(chat, head.draft), [chat, head.draft?.text, head.draft?.reply_to?.id]);
  useLayoutEffect(() => {
    completion.value = null;
    room.value = "";
    if (matchMedia("(pointer: fine)").matches && !dialogIsOpen()) line.current?.focus();
    return () => {
      keep(chat);
      if (recording.peek()?.chat === chat) void keepRecording(); // it waits in this chat
    };
  }, [chat]);
  useLayoutEffect(() => {
    const area = line.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text, chat]);

  if (!head.can_write) {
    return (
      <div class="composer">
        <p class="note cannot">{head.audience}</p>
      </div>
    );
  }

  const typed = (value: string) => {
    write(chat, { text: value });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void complete(), ASKED_AFTER);
  };

  const complete = async () => {
    const area = line.current;
    if (!area) return;
    const value = area.value;
    try {
      const [found, left] = await Promise.all([
        call("web_complete", { chat, text: value, cursor: area.selectionStart }),
        call("web_room", { chat, text: value }),
      ]);
      if (area.value !== value) return;
      completion.value = found?.offers.length ? found : null;
      chosen.value = 0;
      room.value = left.text;
    } catch (error) {
      sayUnlessLost(error);
    }
  };

  const put = (value: string, start: number, end: number) => {
    const area = line.current;
    if (!area) return;
    // At once, so that what is typed next stands behind it.
    area.setRangeText(value, start, end, "end");
    area.focus();
    write(chat, { text: area.value });
    completion.value = null;
  };

  const choose = (offer: Offer) => {
    const now = completion.value;
    if (now) put(offer.replacement, now.start, now.end);
  };

  const send = async () => {
    const now = writing(chat);
    if (isSending.current || (!now.text.trim() && !now.picture && !now.sound)) return;
    isSending.current = true;
    completion.value = null;
    const { text, reply, picture, sound } = now;
    try {
      const words = text.trim() || undefined;
      if (picture) await post("media_send_image", { chat, picture: { base64: await base64(picture.blob) }, text: words, reply_to: reply?.id });
      else if (sound) await post("media_send_audio", { chat, sound: { base64: await base64(sound.blob) }, text: words, reply_to: reply?.id });
      else await call("web_send", { chat, text, reply_to: reply?.id });
      clear(chat);
      room.value = "";
      await goEnd();
    } catch (error) {
      say(error);
    } finally {
      isSending.current = false;
    }
  };

  const pasted = (event: ClipboardEvent) => {
    const data = event.clipboardData;
    const file = [...(data?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (file) {
      event.preventDefault();
      void takeFile(chat, file);
      return;
    }
    const value = data?.getData("text/plain") ?? "";
    if (value.split("\n").length <= MANY_LINES && value.length < 4_096) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget as HTMLTextAreaElement;
    void attempt(async () => {
      const choices = await call("web_paste", { text: value });
      if (choices) askHow(choices, (result) => put(result, selectionStart, selectionEnd));
      else put(value, selectionStart, selectionEnd);
    });
  };

  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const now = completion.value;
    if (now && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      chosen.value = (chosen.value + (event.key === "ArrowDown" ? 1 : -1) + now.offers.length) % now.offers.length;
    } else if (now && (event.key === "Tab" || event.key === "Enter")) {
      const offer = now.offers[chosen.value];
      if (offer) choose(offer);
    } else if (event.key === "Escape" && (now || reply)) {
      if (now) completion.value = null;
      else write(chat, { reply: null });
    } else if (event.key === "Enter" && sends(event)) {
      void send();
    } else if (event.key === "ArrowUp" && !text) {
      document.querySelector<HTMLElement>(".list")?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const now = completion.value;
  return (
    <form
      class="composer"
      aria-label={t("web.write_in", { chat: head.title })}
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {now && <Offers found={now} onChoose={choose} />}
      {reply && (
        <div class="replying">
          <Icon name="reply" size={18} />
          <p>
            <span class="quote-author">{t("web.replying_to", { name: reply.author?.label ?? t("web.quoted") })}</span>
            <span class="quote-text" dir="auto">
              {reply.text}
            </span>
          </p>
          <button type="button" class="round" aria-label={t("web.no_reply")} title={t("web.no_reply")} onClick={() => write(chat, { reply: null })}>
            <Icon name="x" size={18} />
          </button>
        </div>
      )}
      {picture && (
        <div class="replying">
          <img class="small-picture" src={picture.url} alt={t("web.picture_to_send")} />
          <p class="note">{t("web.picture_is_cleaned")}</p>
          <button type="button" class="round" aria-label={t("web.no_picture")} title={t("web.no_picture")} onClick={() => putPicture(chat, null)}>
            <Icon name="x" size={18} />
          </button>
        </div>
      )}
      {sound && <SoundToSend chat={chat} sound={sound} />}
      {isRecording && <RecordingBar />}
      <div class="line">
        <FileButton chat={chat} />
        <div class="line-box">
          <textarea
            ref={line}
            rows={1}
            class="line-text"
            dir="auto"
            value={text}
            aria-label={t("web.message")}
            aria-autocomplete="list"
            aria-controls={now ? "offers" : undefined}
            aria-activedescendant={now ? `offer${chosen.value}` : undefined}
            placeholder={picture || sound ? t("web.caption") : t("web.message")}
            onInput={(event) => typed(event.currentTarget.value)}
            onKeyDown={pressed}
            onPaste={pasted}
            onBlur={() => keep(chat)}
          />
          <button
            type="button"
            class="round"
            aria-label={t("web.emoji")}
            title={t("web.emoji")}
            aria-haspopup="dialog"
            onClick={(event) => {
              const area = line.current;
              if (area) openEmojiPicker(event.currentTarget, (emoji) => put(emoji, area.selectionStart, area.selectionEnd));
            }}
          >
            <Icon name="face-slightly-smiling" />
          </button>
        </div>
        {isEmpty && !isRecording && (
          <button type="button" class="round" aria-label={t("web.record")} title={t("web.record")} onClick={() => void record(chat)}>
            <Icon name="mic" />
          </button>
        )}
        <button type="submit" class="send" aria-label={t("web.send")} title={t("web.send")} disabled={isEmpty}>
          <Icon name="send" />
        </button>
      </div>
      <p class="under">
        <span>{head.audience}</span>
        {room.value && <span class="room">{room.value}</span>}
      </p>
    </form>
  );
}

/** Whether a key sends: Enter, or Ctrl-Enter where somebody has set it so. */
function sends(event: KeyboardEvent): boolean {
  const withControl = event.ctrlKey || event.metaKey;
  return settings.value?.enter === "newline" ? withControl : !event.shiftKey && !event.altKey && !withControl;
}

function Offers({ found, onChoose }: { found: Completion; onChoose: (offer: Offer) => void }) {
  return (
    <div id="offers" role="listbox" class="offers" aria-label={t("web.completions")} tabIndex={-1}>
      {found.offers.map((offer, place) => (
        // The keyboard chooses in the line itself.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={offer.replacement + offer.hint}
          id={`offer${place}`}
          role="option"
          aria-selected={place === chosen.value}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => onChoose(offer)}
        >
          <span>{offer.label}</span>
          <span class="hint">{offer.hint}</span>
        </div>
      ))}
    </div>
  );
}

function FileButton({ chat }: { chat: string }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="round" aria-label={t("web.send_file")} title={t("web.send_file")} onClick={() => input.current?.click()}>
        <Icon name="paperclip" />
      </button>
      <input
        ref={input}
        type="file"
        class="hidden"
        tabIndex={-1}
        aria-hidden="true"
        accept="image/jpeg,image/png,image/gif,image/webp,audio/aac,audio/amr,.aac,.amr"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = "";
          if (file) void takeFile(chat, file);
        }}
      />
    </>
  );
}

/** Show a picture or a sound in the line, to be sent with what is written. Which sounds can be sent the server knows. */
export async function takeFile(chat: string, file: File): Promise<void> {
  await attempt(async () => {
    if (isSound(file)) {
      if (file.size > MAX_FILE) throw new Error(t("web.sound_too_large"));
      putSound(chat, file);
    } else putPicture(chat, await preparePicture(file));
    focusLine();
  });
}

const isSound = (file: File): boolean => file.type.startsWith("audio/") || /\.(?:aac|amr)$/i.test(file.name);

function askHow(asked: PasteChoices, what: (result: string) => void): void {
  showDialog(() => (
    <Dialog title={t("web.paste")} size="small">
      <p>{asked.question}</p>
      <div class="choices">
        {asked.choices.map((one) => (
          <button
            key={one.choice}
            type="button"
            class="button wide"
            onClick={() => {
              closeDialog();
              if (one.choice !== "cancel" && one.result) what(one.result);
            }}
          >
            {one.text}
          </button>
        ))}
      </div>
    </Dialog>
  ));
}
