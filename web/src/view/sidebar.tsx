// The chats, who is written to next, and how the network is.
import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { ChatEntry, Destination, Found } from "../contract";
import { link } from "../net/connection";
import { call, chats, lock, network, own, state } from "../store/client";
import { attempt, sayUnlessLost } from "../store/said";
import { writeTo } from "../store/going";
import { go, open, openChat } from "../store/timeline";
import { t } from "../texts";
import { Avatar, ChatAvatar } from "./avatar";
import { confirm } from "./dialog";
import { Icon } from "./icon";
import { showMenu } from "./menu";
import { useRowList } from "./virtual";
import { showDevices, showKeys, showNames, showNetwork, showNewChat, showOwn, showPeople, showSettings, showWallet, showWords } from "./windows";

/** What is typed into the search of the list. */
export const query = signal("");
/** What was found in names, and in messages. */
const places = signal<readonly Destination[]>([]);
const found = signal<readonly Found[]>([]);
const ROW = 68;
/** Milliseconds after a key before it is searched. */
const SEARCHED_AFTER = 120;
/** Letters from which on messages are searched. */
const LEAST = 2;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Search for something: in the names of chats and people, and in all messages. */
export function search(text: string): void {
  query.value = text;
  clearTimeout(timer);
  if (!text.trim()) {
    places.value = [];
    found.value = [];
    return;
  }
  timer = setTimeout(async () => {
    try {
      const [named, said] = await Promise.all([
        call("web_switch", { query: text }),
        text.trim().length >= LEAST ? call("web_search", { query: text }) : { results: [] },
      ]);
      if (query.value !== text) return;
      places.value = named;
      found.value = said.results;
    } catch (error) {
      sayUnlessLost(error);
    }
  }, SEARCHED_AFTER);
}

/** The left side of the page. */
export function Sidebar() {
  const me = own.value?.person;
  const requests = chats.value?.requests ?? 0;
  return (
    <nav class="side" aria-label={t("terminal.chats_title")}>
      <header class="side-head">
        <button type="button" class="me" aria-label={t("web.own_title")} title={t("web.own_title")} onClick={showOwn}>
          {me && <Avatar person={me} size={36} />}
        </button>
        <p class="side-title">pystatus</p>
        <button type="button" class="round" aria-label={t("terminal.new_title")} title={t("terminal.new_title")} onClick={showNewChat}>
          <Icon name="pencil" />
        </button>
        <button type="button" class="round" aria-label={t("web.menu")} title={t("web.menu")} aria-haspopup="menu" onClick={(event) => openMainMenu(event.currentTarget)}>
          <Icon name="ellipsis-vertical" />
        </button>
      </header>
      <SearchLine />
      <Reminders requests={requests} />
      {query.value.trim() ? <Results /> : <Chats />}
      <NetworkLine />
    </nav>
  );
}

function openMainMenu(beside: Element): void {
  showMenu(beside, t("web.menu"), [
    { label: t("terminal.people_title"), icon: "users", does: showPeople },
    { label: t("terminal.devices_title"), icon: "monitor-smartphone", does: showDevices },
    { label: t("wallet.title"), icon: "wallet", does: showWallet },
    { label: t("names.title"), icon: "shield-check", does: showNames },
    { label: t("terminal.network_title"), icon: "network", does: showNetwork },
    { label: t("web.settings"), icon: "settings", does: showSettings },
    { label: t("web.keys"), icon: "keyboard", does: showKeys },
    { label: t("web.lock"), icon: "lock", does: askLock },
  ]);
}

/** Lock, once somebody is sure. */
export function askLock(): void {
  confirm({ title: t("web.lock"), text: t("web.lock_question"), yes: t("web.lock") }, () => void attempt(lock));
}

function SearchLine() {
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="search-line" role="search">
      <Icon name="search" size={18} />
      <input
        ref={input}
        id="search"
        type="search"
        autoComplete="off"
        value={query.value}
        placeholder={t("web.search")}
        aria-label={t("web.search")}
        onInput={(event) => search(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            search("");
            event.currentTarget.blur();
          }
          if (event.key === "ArrowDown") {
            event.preventDefault();
            document.querySelector<HTMLElement>(".side [data-entry]")?.focus();
          }
        }}
      />
      {query.value && (
        <button
          type="button"
          class="round"
          aria-label={t("web.clear_search")}
          onClick={() => {
            search("");
            input.current?.focus();
          }}
        >
          <Icon name="x" size={16} />
        </button>
      )}
    </div>
  );
}

/** What waits to be done beside messages. */
function Reminders({ requests }: { requests: number }) {
  const due = own.value?.due;
  return (
    <div class="reminders">
      {state.value?.network.known === false && network.value?.online === false && (
        <button type="button" class="reminder" onClick={showNetwork}>
          <Icon name="triangle-alert" size={18} />
          {t("web.no_network")}
        </button>
      )}
      {requests > 0 && (
        <button type="button" class="reminder" onClick={showPeople}>
          <Icon name="user-plus" size={18} />
          {t("web.requests", { n: requests })}
        </button>
      )}
      {due && (
        <button type="button" class="reminder" onClick={showWords}>
          <Icon name="key-round" size={18} />
          {t("web.words_due")}
        </button>
      )}
    </div>
  );
}

function Chats() {
  const scroller = useRef<HTMLUListElement>(null);
  const entries = chats.value?.entries;
  const list = useRowList({
    count: entries?.length ?? 0,
    scroller: () => scroller.current,
    keyOf: (index) => entries?.[index]?.id ?? String(index),
    estimate: () => ROW,
  });
  return (
    <ul ref={scroller} class="chats" aria-label={t("terminal.chats_title")} onKeyDown={walk}>
      <li aria-hidden="true" class="spacer" style={{ height: `${list.getTotalSize()}px` }} />
      {entries?.length === 0 && (
        <li class="empty">
          <p>{t("web.no_chats")}</p>
          <button type="button" class="button main" onClick={showNewChat}>
            {t("terminal.new_title")}
          </button>
        </li>
      )}
      {list.getVirtualItems().map((item) => {
        const entry = entries?.[item.index];
        return (
          entry && (
            <li key={entry.id} class="chat-row" style={{ transform: `translateY(${item.start}px)` }}>
              <ChatRow entry={entry} isOpen={entry.id === openChat.value} />
            </li>
          )
        );
      })}
    </ul>
  );
}

function ChatRow({ entry, isOpen }: { entry: ChatEntry; isOpen: boolean }) {
  return (
    <button
      type="button"
      data-entry={entry.id}
      class={`chat ${isOpen ? "chosen" : ""} ${entry.asks ? "asks" : ""}`}
      aria-current={isOpen ? "true" : undefined}
      onClick={() => open(entry.id)}
    >
      <ChatAvatar kind={entry.kind} person={entry.person} title={entry.title} />
      <span class="chat-title">
        <bdi>{entry.title}</bdi>
        {entry.muted && <Icon name="bell-off" size={14} />}
      </span>
      <span class="chat-time">{entry.time}</span>
      <span class="chat-preview">
        {entry.draft && <span class="draft">{t("web.draft")} </span>}
        <bdi>{entry.preview}</bdi>
      </span>
      <span class="hidden">{entry.description.slice(entry.title.length)}</span>
      <span class="chat-badges" aria-hidden="true">
        {entry.mentions > 0 && <span class="badge">{entry.mention_badge}</span>}
        {entry.unread > 0 && <span class={`badge ${entry.muted ? "quiet" : ""}`}>{entry.unread_badge}</span>}
      </span>
    </button>
  );
}

function Results() {
  const leave = () => search("");
  return (
    <div class="results" onKeyDown={walk} role="region" aria-label={t("web.found")}>
      {places.value.length > 0 && <h2 class="results-head">{t("web.found_places")}</h2>}
      <ul>
        {places.value.map((one) => (
          <li key={one.chat ?? one.person?.key}>
            <button
              type="button"
              data-entry
              class="chat small"
              onClick={() => {
                leave();
                if (one.chat) void open(one.chat);
                else if (one.person) void attempt(() => writeTo(one.person?.key ?? ""));
              }}
            >
              <ChatAvatar kind={one.kind} person={one.person} title={one.title} size={36} />
              <span class="chat-title">
                <bdi>{one.title}</bdi>
              </span>
              <span class="chat-badges">{one.badge && <span class="badge">{one.badge}</span>}</span>
            </button>
          </li>
        ))}
      </ul>
      {found.value.length > 0 && <h2 class="results-head">{t("web.found_messages")}</h2>}
      <ul>
        {found.value.map((one) => (
          <li key={one.id}>
            <FoundRow found={one} />
          </li>
        ))}
      </ul>
      {!places.value.length && !found.value.length && <p class="empty">{t("terminal.nothing_found")}</p>}
    </div>
  );
}

/** A message that was found; pressed, it opens in its place. */
export function FoundRow({ found: one }: { found: Found }) {
  return (
    <button type="button" data-entry class="found" onClick={() => attempt(() => go(one.chat, one.id))}>
      <span class="chat-title">
        <bdi>{one.title}</bdi>
      </span>
      <span class="chat-time">{one.time}</span>
      <span class="found-text" dir="auto">
        <span class="found-author">{one.author.name}: </span>
        {one.pieces.map((piece, place) => (piece.match ? <mark key={place}>{piece.text}</mark> : <span key={place}>{piece.text}</span>))}
      </span>
    </button>
  );
}

/** The arrow keys go from entry to entry. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!step) return;
  const entries = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-entry]")];
  entries.sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top);
  const place = entries.indexOf(document.activeElement as HTMLElement) + step;
  if (place < 0) document.querySelector<HTMLElement>("#search")?.focus();
  else entries[Math.min(place, entries.length - 1)]?.focus();
  event.preventDefault();
}

function NetworkLine() {
  const now = network.value;
  if (!now || link.value === "lost") return null; // nobody knows what is so meanwhile
  const isBad = now.trouble.length > 0;
  return (
    <button type="button" class={`network ${now.online ? "online" : ""} ${isBad ? "bad" : ""}`} onClick={showNetwork}>
      <Icon name={now.online ? "wifi" : "wifi-off"} size={16} />
      <span>{now.status}</span>
      {isBad && <Icon name="triangle-alert" size={16} />}
    </button>
  );
}
