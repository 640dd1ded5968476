// One message: who wrote it, what, when, how far it got, and what can be done with it.
import { signal } from "@preact/signals";
import { Component } from "preact";
import { useState } from "preact/hooks";
import type { Mark, MessageRow } from "../contract";
import { key, t } from "../texts";
import { go, openChat } from "../store/timeline";
import { attempt } from "../store/said";
import { call } from "../store/client";
import { openPerson } from "../store/going";
import { Avatar } from "./avatar";
import { Icon, type IconName } from "./icon";
import { MediaView } from "./media";
import { openMessageMenu, openReactions, replyTo } from "./message_actions";
import { Tree } from "./tree";

/** The row at which the tools are shown: under the pointer, or with the focus. */
export const active = signal<string | null>(null);

interface Given {
  readonly row: MessageRow;
  /** Whether several people write here: then names and pictures are shown. */
  readonly isShared: boolean;
  readonly isMarked: boolean;
}

/** A message, drawn anew only when it has changed. */
export class MessageView extends Component<Given> {
  override shouldComponentUpdate(next: Given): boolean {
    const now = this.props;
    return next.row !== now.row || next.isShared !== now.isShared || next.isMarked !== now.isMarked;
  }

  override render({ row, isShared, isMarked }: Given) {
    return row.system ? <News row={row} /> : <Bubble row={row} isShared={isShared} isMarked={isMarked} />;
  }
}

function News({ row }: { row: MessageRow }) {
  return (
    <article class="news" tabIndex={-1} data-message={row.id} aria-label={`${row.moment}, ${row.plain}`}>
      <span>{row.plain}</span>
    </article>
  );
}

function Bubble({ row, isShared, isMarked }: Given) {
  const who = row.own ? t("terminal.you") : row.author.label;
  const side = row.own ? "own" : "other";
  const shows = active.value === row.key;
  const hasText = row.body.length > 0;
  return (
    <article
      class={`message ${side} ${row.group ? "begins" : ""} ${isShared && !row.own ? "with-picture" : ""} ${isMarked ? "marked" : ""}`}
      tabIndex={-1}
      data-message={row.id}
      aria-label={[who, row.said || row.plain || row.note, row.moment, row.mark?.words].filter(Boolean).join(", ")}
      onPointerEnter={(event) => {
        if (event.pointerType === "mouse") active.value = row.key;
      }}
      onPointerLeave={() => {
        if (active.value === row.key) active.value = null;
      }}
      onFocusIn={() => {
        active.value = row.key;
      }}
    >
      {isShared && !row.own && row.group && (
        <button
          type="button"
          class="message-picture"
          tabIndex={-1}
          aria-label={t("web.about", { name: row.author.label })}
          onClick={() => openPerson(row.author.key)}
        >
          <Avatar person={row.author} size={36} />
        </button>
      )}
      <div class={`bubble ${row.names_us ? "names-us" : ""} ${row.media && !hasText && !row.media.problem ? "bare" : ""}`}>
        {isShared && !row.own && row.group && (
          <p class="author">
            <bdi>{row.author.label}</bdi>
          </p>
        )}
        {row.reply && (
          <button type="button" class="quote" tabIndex={shows ? 0 : -1} onClick={() => goTo(row)}>
            <span class="quote-author">{row.reply.author ? row.reply.author.label : t("web.quoted")}</span>
            <span class="quote-text" dir="auto">
              {row.reply.text || t("terminal.not_here")}
            </span>
          </button>
        )}
        {row.media && <MediaView row={row} media={row.media} />}
        {!row.media && row.note && <p class="media-note">{row.note}</p>}
        {hasText && <Body row={row} />}
        <Foot row={row} />
        {row.reactions.length > 0 && <Reactions row={row} shows={shows} />}
        {shows && <Tools row={row} />}
      </div>
    </article>
  );
}

const goTo = (row: MessageRow) => {
  const { reply } = row;
  const chat = openChat.value;
  if (reply && chat) void attempt(() => go(chat, reply.id));
};

function Body({ row }: { row: MessageRow }) {
  const [isWhole, setWhole] = useState(false);
  const isCut = row.long && !isWhole;
  return (
    <div class={`body ${isCut ? "cut" : ""} ${isEmoji(row) ? "large-emoji" : ""}`} dir={row.rtl ? "rtl" : "auto"}>
      <Tree body={row.body} />
      {row.long && (
        <button type="button" class="link more" onClick={() => setWhole(!isWhole)}>
          {isWhole ? t("web.show_less") : t("web.show_all")}
        </button>
      )}
    </div>
  );
}

const EMOJI_ALONE = /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*\s*){1,3}$/u;

/** Whether a text is a few emoji and nothing else. */
const isEmoji = (row: MessageRow): boolean => row.plain.length < 40 && !row.reply && EMOJI_ALONE.test(row.plain.trim());

function Foot({ row }: { row: MessageRow }) {
  return (
    <p class="foot">
      <time dateTime={new Date(row.time_ms).toISOString()} title={row.moment}>
        {row.time}
      </time>
      {row.mark && <MarkView mark={row.mark} />}
    </p>
  );
}

const MARKS: Readonly<Record<Mark["state"], IconName>> = {
  sending: "clock", sent: "check", seen: "check", archived: "server", delivered: "check-check",
  unconfirmed: "circle-question-mark", failed: "circle-alert",
}; // prettier-ignore

/** How far a message got: a sign, with its words for those who point at it or listen. */
export function MarkView({ mark }: { mark: Mark }) {
  const count = /\d+\/\d+/.exec(mark.sign)?.[0];
  return (
    <span class={`mark ${mark.state}`} title={mark.words}>
      <Icon name={MARKS[mark.state]} size={15} />
      {count && <span aria-hidden="true">{count}</span>}
      {mark.asks && <span aria-hidden="true">{mark.words}</span>}
      <span class="hidden">{mark.words}</span>
    </span>
  );
}

/** What the six reactions are called. */
export const REACTIONS = [
  [1, "❤️", key("web.reaction_love")], [2, "👍", key("web.reaction_up")], [3, "👎", key("web.reaction_down")],
  [4, "😂", key("web.reaction_laugh")], [5, "😢", key("web.reaction_sad")], [6, "😡", key("web.reaction_angry")],
] as const; // prettier-ignore

function Reactions({ row, shows }: { row: MessageRow; shows: boolean }) {
  return (
    <ul class="reactions" aria-label={t("web.reactions")}>
      {row.reactions.map((one) => {
        const name = REACTIONS.find(([number]) => number === one.reaction);
        return (
          <li key={one.reaction}>
            <button
              type="button"
              class={one.own ? "own-reaction" : ""}
              aria-pressed={one.own}
              tabIndex={shows ? 0 : -1}
              aria-label={`${name ? t(name[2]) : one.emoji} ${one.count}`}
              onClick={() => attempt(() => call("reactions_toggle", { message: row.id, reaction: one.reaction }))}
            >
              <span aria-hidden="true">{one.emoji}</span>
              <span aria-hidden="true">{one.count}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function Tools({ row }: { row: MessageRow }) {
  return (
    <div class="tools" role="toolbar" aria-label={t("web.message_tools")}>
      {row.can.includes("react") && (
        <button type="button" class="round" aria-label={t("web.react")} title={t("web.react")} onClick={(event) => openReactions(event.currentTarget, row)}>
          <Icon name="face-slightly-smiling-plus" size={18} />
        </button>
      )}
      {row.can.includes("reply") && (
        <button type="button" class="round" aria-label={t("web.reply")} title={t("web.reply")} onClick={() => replyTo(row)}>
          <Icon name="reply" size={18} />
        </button>
      )}
      <button type="button" class="round" aria-label={t("web.more")} title={t("web.more")} aria-haspopup="menu" onClick={(event) => openMessageMenu(event.currentTarget, row)}>
        <Icon name="ellipsis-vertical" size={18} />
      </button>
    </div>
  );
}
