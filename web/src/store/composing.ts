// What is being written in each chat: kept here at once, and as a draft on the server a moment later.
import { signal } from "@preact/signals";
import type { Quote } from "../contract";
import { call } from "./client";
import { sayUnlessLost } from "./said";

export interface Picture {
  readonly blob: Blob;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** A sound that is to be sent. */
export interface Sound {
  readonly blob: Blob;
  readonly url: string;
}

export interface Writing {
  readonly text: string;
  readonly reply: Quote | null;
  /** One of these at most. */
  readonly picture: Picture | null;
  readonly sound: Sound | null;
}

export const NOTHING: Writing = { text: "", reply: null, picture: null, sound: null };
/** Milliseconds after the last key before a draft is kept. */
const KEPT_AFTER = 1_000;

/** By the ids of chats. */
export const writings = signal<Readonly<Record<string, Writing>>>({});
/** Put the focus into the line, at once: what is typed next belongs there. */
export const focusLine = (): void => document.querySelector<HTMLElement>(".line-text")?.focus();

/** The drafts as the server has them. */
const known = new Map<string, string>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

export const writing = (chat: string): Writing => writings.value[chat] ?? NOTHING;

/** Somebody writes. */
export function write(chat: string, change: Partial<Writing>): void {
  const before = writing(chat);
  writings.value = { ...writings.value, [chat]: { ...before, ...change } };
  if (change.text === undefined && change.reply === undefined) return;
  clearTimeout(timers.get(chat));
  timers.set(chat, setTimeout(() => keep(chat), KEPT_AFTER));
}

/** Keep the draft now. */
export function keep(chat: string): void {
  const timer = timers.get(chat);
  if (timer === undefined) return;
  clearTimeout(timer);
  timers.delete(chat);
  const { text, reply } = writing(chat);
  known.set(chat, text);
  call("conversations_set_draft", { chat, text, reply_to: reply?.id ?? null }).catch(sayUnlessLost);
}

/** The draft that is kept for a chat, in whatever face it was written, unless something else is being written here. */
export function restore(chat: string, draft: { readonly text: string; readonly reply_to: Quote | null } | null): void {
  const kept = draft?.text ?? "";
  const here = writing(chat);
  if (timers.has(chat) || here.text !== (known.get(chat) ?? "")) return;
  known.set(chat, kept);
  if (here.text !== kept || (draft && here.reply?.id !== draft.reply_to?.id)) {
    writings.value = { ...writings.value, [chat]: { ...here, text: kept, reply: draft?.reply_to ?? null } };
  }
}

/** Nothing is being written any more: it was sent. */
export function clear(chat: string): void {
  clearTimeout(timers.get(chat));
  timers.delete(chat);
  known.set(chat, "");
  release(writing(chat));
  writings.value = { ...writings.value, [chat]: NOTHING };
}

/** Put a picture into the line, in place of what was there; null: take it out. */
export function putPicture(chat: string, picture: Picture | null): void {
  release(writing(chat));
  write(chat, { picture, sound: null });
}

/** Put a sound into the line, likewise. */
export function putSound(chat: string, blob: Blob | null): void {
  release(writing(chat));
  write(chat, { picture: null, sound: blob && { blob, url: URL.createObjectURL(blob) } });
}

function release({ picture, sound }: Writing): void {
  for (const one of [picture, sound]) if (one) URL.revokeObjectURL(one.url);
}

/** Forget everything: another profile is opened. */
export function forgetAll(): void {
  for (const timer of timers.values()) clearTimeout(timer);
  timers.clear();
  known.clear();
  Object.values(writings.value).forEach(release);
  writings.value = {};
}
