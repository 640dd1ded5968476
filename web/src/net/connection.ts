// The one socket to the server: calls, and what it says by itself. It comes back by itself when it is lost.
import { signal } from "@preact/signals";
import type { AllCalls, Notifications } from "../contract";
import { CallError, LostError } from "./errors";

/** How the socket is. `over`: the session has ended, and a new one is needed. */
export type Link = "connecting" | "ready" | "lost" | "over";

interface Waiting {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}
type Heard = { [K in keyof Notifications]?: (params: Notifications[K]) => void };

/** Milliseconds before the first attempt to come back, and the most between two. */
const FIRST_DELAY = 250;
const LONGEST_DELAY = 10_000;
const SESSION_OVER = 4401;
const LOCKED = 4423;

export const link = signal<Link>("connecting");
/** Unix milliseconds of the next attempt. */
export const nextTry = signal(0);

export class Connection {
  #socket: WebSocket | null = null;
  #waiting = new Map<number, Waiting>();
  #last = 0;
  #tries = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #heard: Heard;
  readonly #secret: () => string | null;
  readonly #language: () => string;

  constructor(secret: () => string | null, language: () => string, heard: Heard) {
    this.#secret = secret;
    this.#language = language;
    this.#heard = heard;
  }

  /** Connect, or connect anew: after the language has changed, for example. */
  open(): void {
    clearTimeout(this.#timer);
    this.#drop();
    const secret = this.#secret();
    if (!secret) {
      link.value = "over";
      return;
    }
    if (link.value !== "lost") link.value = "connecting";
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      if (this.#socket === socket) socket.send(JSON.stringify({ secret, language: this.#language() }));
      else socket.close(); // another one has taken its place meanwhile
    });
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(String(data))));
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket === socket) this.#closed(code);
    });
  }

  /** Try at once, where the next attempt is still to come. */
  hurry(): void {
    if (link.value === "lost") this.open();
  }

  /** Ask the server.
   * @throws CallError it says why not. LostError: it is not there; whether it was done is not known. */
  call<M extends keyof AllCalls>(method: M, params: AllCalls[M]["params"]): Promise<AllCalls[M]["result"]> {
    const socket = this.#socket;
    if (link.value !== "ready" || socket?.readyState !== WebSocket.OPEN) return Promise.reject(new LostError());
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  #receive(said: unknown): void {
    for (const one of Array.isArray(said) ? said : [said]) {
      if (one.id === undefined || one.id === null) this.#notified(one.method, one.params);
      else this.#answered(one);
    }
  }

  #notified<K extends keyof Notifications>(name: K, params: Notifications[K]): void {
    if (name === "hello") {
      this.#tries = 0;
      link.value = "ready";
    }
    this.#heard[name]?.(params);
  }

  #answered(one: { id: number; result?: unknown; error?: { code: number; message: string; data?: Record<string, unknown> } }): void {
    const waiting = this.#waiting.get(one.id);
    this.#waiting.delete(one.id);
    if (one.error) waiting?.reject(CallError.of(one.error));
    else waiting?.resolve(one.result);
  }

  #closed(code: number): void {
    this.#drop();
    if (code === SESSION_OVER) {
      link.value = "over";
      return;
    }
    if (code === LOCKED) {
      this.open(); // with the new session, if this window has got one
      return;
    }
    link.value = "lost";
    const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** this.#tries);
    this.#tries += 1;
    const delay = longest * (0.5 + Math.random() / 2);
    nextTry.value = Date.now() + delay;
    this.#timer = setTimeout(() => this.open(), delay);
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    if (socket?.readyState === WebSocket.OPEN) socket.close();
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(new LostError());
  }
}
