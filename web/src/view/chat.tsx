// The open chat: its head, its messages, the line for new ones.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { ChatEntry, Found, Head } from "../contract";
import { call, chats } from "../store/client";
import { attempt, sayUnlessLost } from "../store/said";
import { go, goDate, head, leave, openChat, view } from "../store/timeline";
import { key, t } from "../texts";
import { ChatAvatar } from "./avatar";
import { Composer, takeFile } from "./composer";
import { ask, confirm } from "./dialog";
import { showExport } from "./export_window";
import { showGroup } from "./group_window";
import { Icon } from "./icon";
import { MessageList } from "./list";
import { showMenu } from "./menu";
import { Care } from "./message_actions";
import { showPerson } from "./person_window";
import { showQr } from "./qr_window";
import { FoundRow } from "./sidebar";

/** Whether the search of this chat is open. */
export const searches = signal(false);

/** The middle of the page. */
export function ChatView() {
  const chat = openChat.value;
  const now = head.value;
  const rows = view.value;
  const [isOver, setOver] = useState(false);
  if (!chat) return <NoChat />;
  const entry = chats.value?.entries.find((one) => one.id === chat);
  return (
    <main
      class={`chat-view ${isOver ? "drop" : ""}`}
      aria-label={now?.label}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const file = [...(event.dataTransfer?.files ?? [])].find((one) => /^(?:image|audio)\//.test(one.type));
        if (!file) return;
        event.preventDefault();
        void takeFile(chat, file);
      }}
    >
      {now && <ChatHead chat={chat} head={now} entry={entry} />}
      {now?.warning && <Care text={now.warning} />}
      {searches.value && now && <SearchInChat chat={chat} head={now} />}
      {rows && now ? <MessageList key={chat} view={rows} entry={entry} isShared={now.kind !== "person"} /> : <div class="list-frame" />}
      {now?.standing === "invited" && <Invited chat={chat} />}
      {now && <Composer key={chat} chat={chat} head={now} />}
    </main>
  );
}

function NoChat() {
  return (
    <main class="chat-view no-chat">
      <p>
        <Icon name="message-circle" size={48} />
        {t("web.choose_chat")}
      </p>
    </main>
  );
}

function ChatHead({ chat, head: now, entry }: { chat: string; head: Head; entry: ChatEntry | undefined }) {
  const about = () => (now.group ? showGroup(chat) : now.person ? showPerson(now.person.key) : undefined);
  const canTell = now.group || now.person !== null;
  const name = (
    <>
      <ChatAvatar kind={now.kind} person={now.person} title={now.title} size={40} />
      <span>
        <span class="head-title">
          <bdi>{now.title}</bdi>
          {now.muted && <Icon name="bell-off" size={15} />}
        </span>
        <span class="head-note">{subtitle(now)}</span>
      </span>
    </>
  );
  return (
    <header class="chat-head">
      <button type="button" class="round back" aria-label={t("web.back_to_chats")} onClick={() => attempt(leave)}>
        <Icon name="arrow-left" />
      </button>
      <h2 class="head-name">
        {canTell ? (
          <button type="button" class="head-button" title={t("web.about", { name: now.title })} onClick={about}>
            {name}
          </button>
        ) : (
          <span class="head-button">{name}</span>
        )}
      </h2>
      <button
        type="button"
        class="round"
        aria-label={t("web.search_here")}
        title={t("web.search_here")}
        aria-expanded={searches.value}
        onClick={() => {
          searches.value = !searches.value;
        }}
      >
        <Icon name="search" />
      </button>
      <button
        type="button"
        class="round"
        aria-label={t("web.chat_menu")}
        title={t("web.chat_menu")}
        aria-haspopup="menu"
        onClick={(event) => openChatMenu(event.currentTarget, chat, now, entry)}
      >
        <Icon name="ellipsis-vertical" />
      </button>
    </header>
  );
}

const STANDINGS = {
  "no-member": key("group.no_member"), invited: key("group.invited"), member: key("group.member"), admin: key("group.admin"),
} as const; // prettier-ignore

function subtitle(now: Head): string {
  if (now.standing) return t(STANDINGS[now.standing]);
  if (now.kind === "public") return t("web.kind_public");
  if (now.kind === "person" && now.person) return now.person.second || `${now.person.key_prefix}…`;
  return "";
}

function openChatMenu(beside: Element, chat: string, now: Head, entry: ChatEntry | undefined): void {
  const isMuted = now.muted;
  showMenu(beside, t("web.chat_menu"), [
    now.group && { label: t("terminal.members_title"), icon: "users", does: () => showGroup(chat) },
    now.person && { label: t("web.about", { name: now.person.name }), icon: "user", does: () => showPerson(now.person?.key ?? "") },
    {
      label: isMuted ? t("web.unmute") : t("web.mute"),
      icon: isMuted ? "bell" : "bell-off",
      does: () => attempt(() => call("conversations_set_muted", { chat, muted: !isMuted })),
    },
    entry && entry.unread > 0 && { label: t("web.mark_read"), icon: "check", does: () => attempt(() => call("conversations_mark_read", { chat })) },
    { label: t("terminal.date_title"), icon: "calendar", does: askDate },
    { label: t("web.fetch_history"), icon: "refresh-cw", does: () => attempt(() => call("web_fetch", { days: 7 })) },
    (now.kind === "public" || now.kind === "person") && { label: t("web.chat_link"), icon: "qr-code", does: () => showChatLink(chat, now) },
    { label: t("web.export"), icon: "download", does: () => showExport(chat, now.title) },
    { label: t("web.clear"), icon: "trash", danger: true, does: () => askClear(chat, now) },
    now.active && { label: t("web.act_leave"), icon: "log-out", danger: true, does: () => askLeave(chat, now) },
  ]);
}

function showChatLink(chat: string, now: Head): void {
  void attempt(async () => {
    const { link, qr } = await call("web_chat_link", { chat });
    showQr(now.title, link, qr);
  });
}

/** Ask for a day, and go there. */
export function askDate(): void {
  ask(
    { title: t("terminal.date_title"), label: t("terminal.date_question"), yes: t("web.act_go"), value: new Date().toISOString().slice(0, 10) },
    goDate,
  );
}

function askClear(chat: string, now: Head): void {
  confirm({ title: t("web.clear"), text: t("terminal.clear_question", { chat: now.title }), yes: t("web.clear"), danger: true }, () => {
    void attempt(() => call("conversations_clear", { chat }));
  });
}

function askLeave(chat: string, now: Head): void {
  confirm({ title: t("web.act_leave"), text: t("terminal.leave_question", { chat: now.title }), yes: t("web.act_leave"), danger: true }, () => {
    void attempt(async () => {
      await (now.group ? call("groups_leave", { group: chat }) : call("client_leave", { chat }));
      await leave();
    });
  });
}

function Invited({ chat }: { chat: string }) {
  return (
    <div class="invited">
      <button type="button" class="button" onClick={() => attempt(() => call("groups_decline", { group: chat }))}>
        {t("web.decline")}
      </button>
      <button type="button" class="button main" onClick={() => attempt(() => call("groups_join", { group: chat }))}>
        {t("web.act_join")}
      </button>
    </div>
  );
}

function SearchInChat({ chat, head: now }: { chat: string; head: Head }) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<readonly Found[]>([]);
  const [place, setPlace] = useState(0);
  useEffect(() => {
    if (!text.trim()) {
      setFound([]);
      return undefined;
    }
    const timer = setTimeout(() => {
      call("web_search", { query: text, chat }).then(({ results }) => {
        setFound(results);
        setPlace(0);
      }, sayUnlessLost);
    }, 120);
    return () => clearTimeout(timer);
  }, [text, chat]);
  const close = () => {
    searches.value = false;
    document.querySelector<HTMLElement>(".line-text")?.focus();
  };
  return (
    <div class="search-here" role="search" aria-label={t("terminal.search_in", { chat: now.title })}>
      <div class="search-line">
        <Icon name="search" size={18} />
        <input
          type="search"
          // Somebody has just asked for it.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          value={text}
          placeholder={t("terminal.search_in", { chat: now.title })}
          aria-label={t("terminal.search_in", { chat: now.title })}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
            if (event.key === "Enter" && found.length) {
              const one = found[place % found.length];
              setPlace(place + 1);
              if (one) void attempt(() => go(one.chat, one.id));
            }
          }}
        />
        {text && <span class="note" role="status">{found.length ? t("web.found_n", { n: found.length }) : t("terminal.nothing_found")}</span>}
        <button type="button" class="round" aria-label={t("web.close")} onClick={close}>
          <Icon name="x" size={16} />
        </button>
      </div>
      {found.length > 0 && (
        <ul class="found-here">
          {found.map((one) => (
            <li key={one.id}>
              <FoundRow found={one} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
