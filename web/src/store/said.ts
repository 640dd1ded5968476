// What the page says by the way: a line at the bottom for the eyes, and lines for those who listen.
import { signal } from "@preact/signals";
import { LostError, sentence } from "../net/errors";

export interface Toast {
  readonly text: string;
  readonly isWrong: boolean;
}

/** Milliseconds that a line stays: long enough to read two sentences. */
const STAYS = 7_000;
/** Lines that are kept for those who listen: a screen reader reads new ones alone. */
const MAX_LINES = 20;

export const toast = signal<Toast | null>(null);
export const lines = signal<readonly { readonly number: number; readonly text: string }[]>([]);
let number = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Show something that went wrong, or a text. */
export function say(what: unknown): void {
  show(sentence(what), true);
}

/** The same, unless the server cannot be reached: the page says so already, and it is done once it can. */
export function sayUnlessLost(error: unknown): void {
  if (!(error instanceof LostError)) say(error);
}

/** Show that something was done. */
export const done = (text: string): void => show(text, false);

export const unsay = (): void => {
  toast.value = null;
};

function show(text: string, isWrong: boolean): void {
  toast.value = { text, isWrong };
  clearTimeout(timer);
  timer = setTimeout(unsay, STAYS);
}

/** Say a line to those who listen. */
export function announce(text: string): void {
  number += 1;
  lines.value = [...lines.value, { number, text }].slice(-MAX_LINES);
}

/** Do something, and show what is wrong with it. Whether it was done. */
export async function attempt(what: () => Promise<unknown>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    say(error);
    return false;
  }
}
