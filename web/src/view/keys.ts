// The keys that mean the same everywhere.
import { useEffect } from "preact/hooks";
import { call, chats, state } from "../store/client";
import { attempt } from "../store/said";
import { goEnd, leave, open, openChat } from "../store/timeline";
import { searches } from "./chat";
import { dialogIsOpen } from "./dialog";
import { isPoppedUp } from "./menu";
import { askLock, search } from "./sidebar";
import { showKeys, showNewChat } from "./windows";

/** Listen for them. */
export function useKeys(): void {
  useEffect(() => {
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, []);
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || state.value?.state !== "open" || dialogIsOpen() || isPoppedUp()) return;
  const does = meaning(event);
  if (!does) return;
  event.preventDefault();
  does();
}

function meaning(event: KeyboardEvent): (() => void) | null {
  const { key, altKey, ctrlKey, metaKey } = event;
  const isTyping = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
  if (altKey && !ctrlKey && !metaKey) {
    if (key === "ArrowUp") return () => neighbour(-1);
    if (key === "ArrowDown") return () => neighbour(1);
    if (event.code === "KeyA") return nextUnread;
    if (event.code === "KeyN") return showNewChat;
    if (event.code === "KeyL") return askLock;
    return null;
  }
  if (ctrlKey || metaKey) {
    if (key === "k") return focusSearch;
    if (key === "f" && openChat.value) return searchHere;
    return null;
  }
  if (key === "Escape") return escape;
  if (isTyping) return null;
  if (key === "?") return showKeys;
  if (key === "/") return focusSearch;
  if (key === "End" && openChat.value) return () => void attempt(goEnd);
  return null;
}

function neighbour(step: number): void {
  const entries = chats.value?.entries ?? [];
  if (!entries.length) return;
  const place = entries.findIndex((one) => one.id === openChat.value);
  const next = entries[(place + step + entries.length) % entries.length];
  if (next) void open(next.id);
}

function nextUnread(): void {
  void attempt(async () => {
    const chat = await call("web_next_unread", { chat: openChat.value ?? undefined });
    if (chat) await open(chat);
  });
}

function focusSearch(): void {
  document.querySelector<HTMLElement>("#search")?.focus();
}

function searchHere(): void {
  searches.value = true;
}

/** Back: out of a message into the line, out of a search, out of the chat where it hides the list. */
function escape(): void {
  const line = document.querySelector<HTMLElement>(".line-text");
  if (searches.value) searches.value = false;
  else if (line && document.activeElement !== line && document.activeElement?.closest(".list-frame")) {
    line.focus();
    void attempt(goEnd);
  } else if (matchMedia("(max-width: 720px)").matches && openChat.value) void attempt(leave);
  else search("");
}
