// The open chat: its rows, as the server keeps them for this connection, and what stands above and below them.
import { signal } from "@preact/signals";
import type { Head, Patch, Row, TimelineView } from "../contract";
import { t } from "../texts";
import { call } from "./client";
import { say, sayUnlessLost } from "./said";

/** The id of the open chat. */
export const openChat = signal<string | null>(null);
export const view = signal<TimelineView | null>(null);
export const head = signal<Head | null>(null);
/** The row to bring into view, and at which place; `turn` tells two wishes apart. */
export const wish = signal<{ readonly key: string | null; readonly turn: number; readonly marks: boolean }>({ key: null, turn: 0, marks: false });
/** The first message in view, or null at the end. */
let held: string | null = null;
let moving: Promise<unknown> | null = null;

/** Rows after a change.
 * @returns null: the change is not of the rows that are there. */
export function applied(old: TimelineView, patch: Patch): TimelineView | null {
  if (patch.chat !== old.chat || patch.revision <= old.revision) return old;
  if (patch.start + patch.removed > old.rows.length) return null;
  const rows = [...old.rows.slice(0, patch.start), ...patch.rows, ...old.rows.slice(patch.start + patch.removed)];
  return { ...old, rows, revision: patch.revision, has_older: patch.has_older, has_newer: patch.has_newer };
}

/** Open a chat, at a message or where it was not read. */
export async function open(chat: string, around?: string): Promise<void> {
  openChat.value = chat;
  if (view.value?.chat !== chat) {
    view.value = null;
    head.value = null;
  }
  held = null;
  try {
    take(await call("web_timeline", { chat, around }), around ?? null);
  } catch (error) {
    if (openChat.value === chat) say(error);
  }
}

/** The socket is there again: the same chat at the same place. */
export async function resume(): Promise<void> {
  const chat = openChat.value;
  if (!chat) return;
  const found = await call("web_timeline", { chat, around: held ?? undefined });
  if (openChat.value !== chat) return;
  const isSame = view.value?.chat === chat && held !== null;
  view.value = found;
  head.value = found.head;
  if (!isSame) wish.value = { key: found.anchor, turn: wish.value.turn + 1, marks: false };
}

/** Show no chat any more. */
export function close(): void {
  openChat.value = null;
  view.value = null;
  head.value = null;
  held = null;
}

/** Show no chat, and tell the server. */
export async function leave(): Promise<void> {
  close();
  await call("web_timeline_close", {}).catch(sayUnlessLost);
}

/** Go to a message of this chat or of another one. */
export async function go(chat: string, message: string): Promise<void> {
  if (openChat.value !== chat) return open(chat, message);
  const row = view.value?.rows.find((one) => one.kind === "message" && one.id === message);
  if (row) {
    wish.value = { key: row.key, turn: wish.value.turn + 1, marks: true };
    return;
  }
  take(await call("web_go", { message }), message);
}

/** Go to a day of this chat. */
export async function goDate(date: string): Promise<void> {
  take(await call("web_go_date", { date }), null);
}

/** Go to the end of the chat. */
export async function goEnd(): Promise<void> {
  if (view.value?.has_newer) take({ ...(await call("web_end", {})), anchor: null }, null);
  else wish.value = { key: null, turn: wish.value.turn + 1, marks: false };
}

function take(found: TimelineView, marked: string | null): void {
  if (openChat.value !== found.chat) return;
  view.value = found;
  head.value = found.head;
  const row = marked && found.rows.find((one) => one.kind === "message" && one.id === marked);
  const key = row ? row.key : found.anchor;
  wish.value = { key, turn: wish.value.turn + 1, marks: Boolean(row) };
}

/** The server says how the rows have changed. */
export function patched(patch: Patch, announce: (text: string) => void): void {
  const old = view.value;
  if (!old || patch.chat !== openChat.value) return;
  const now = applied(old, patch);
  if (!now) {
    void resume().catch(say);
    return;
  }
  view.value = now;
  for (const line of spoken(old.rows, patch)) announce(line);
}

/** What is said of rows that came at the end: who, and what. */
function* spoken(old: readonly Row[], patch: Patch): Iterable<string> {
  if (patch.start < old.length - patch.removed) return;
  const known = new Set(old.map((row) => row.key));
  for (const row of patch.rows) {
    if (row.kind === "message" && !row.own && !known.has(row.key)) {
      yield t("web.said", { person: row.author.name, text: row.said || row.plain || row.note });
    }
  }
}

export function headChanged(value: Head): void {
  if (value.chat === openChat.value) head.value = value;
}

/** Ask for the page before or after the rows; one at a time. */
export function more(which: "older" | "newer"): void {
  const now = view.value;
  if (!now || moving || !(which === "older" ? now.has_older : now.has_newer)) return;
  moving = call(which === "older" ? "web_older" : "web_newer", {})
    .catch(sayUnlessLost)
    .finally(() => {
      moving = null;
    });
}

/** Where somebody looks, once scrolling rests: the first message in view; null: the end. */
export function hold(message: string | null): void {
  if (message === held) return;
  held = message;
  void call("web_hold", { message }).catch(sayUnlessLost);
}
