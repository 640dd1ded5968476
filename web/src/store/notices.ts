// Notices of the browser. What is worth one has the server decided; the page shows it.
import { signal } from "@preact/signals";
import type { NoticeView } from "../contract";

/** What a notice leads to when somebody clicks at it. */
export const pressed = signal<{ readonly chat: string; readonly message: string | null } | null>(null);

const shown = new Map<string, Notification>();
/** Notices that are kept, to be taken back when the chat was read. */
const MAX_SHOWN = 50;

/** Whether the browser lets us: `default` is to be asked. */
export const permission = signal<NotificationPermission>("Notification" in window ? Notification.permission : "denied");

/** Ask to be let; only after a click. */
export async function askPermission(): Promise<void> {
  if ("Notification" in window) permission.value = await Notification.requestPermission();
}

/** Show a notice, in one of several windows alone. */
export function noticed(notice: NoticeView): void {
  if (permission.value !== "granted" || !document.hidden) return;
  // By the message, too: the next one of the same chat may come at once.
  void onlyHere(`${notice.tag} ${notice.message ?? notice.body}`, () => {
    const one = new Notification(notice.title, { body: notice.body, tag: notice.tag, silent: !notice.rings, icon: "/icon.svg" });
    one.addEventListener("click", () => {
      window.focus();
      one.close();
      if (notice.chat) pressed.value = { chat: notice.chat, message: notice.message };
    });
    shown.delete(notice.tag);
    shown.set(notice.tag, one);
    const [oldest] = shown.keys();
    if (shown.size > MAX_SHOWN && oldest !== undefined) shown.delete(oldest);
  });
}

/** The chat of a notice was read. */
export function noticeGone(tag: string): void {
  shown.get(tag)?.close();
  shown.delete(tag);
}

/** Milliseconds for which a notice is one window's. */
const HELD = 1_000;

async function onlyHere(name: string, what: () => void): Promise<void> {
  if (!navigator.locks) return what();
  await navigator.locks.request(`notice ${name}`, { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    what();
    await new Promise((resolve) => setTimeout(resolve, HELD));
  });
}
