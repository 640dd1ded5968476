// The connection of the page and what it keeps: signals that the server's notifications fill.
import { signal } from "@preact/signals";
import type { AllCalls, ChatsView, NetworkPage, OwnView, ServerState, Settings, Warning } from "../contract";
import { Connection, link } from "../net/connection";
import { LostError } from "../net/errors";
import { forget, secret, use } from "../net/session";
import { type Language, language, preferred, speak } from "../texts";
import { changed } from "./chat_list";
import { noticed, noticeGone } from "./notices";
import * as timeline from "./timeline";
import { announce, say, sayUnlessLost } from "./said";

export const state = signal<ServerState | null>(null);
export const settings = signal<Settings | null>(null);
export const chats = signal<ChatsView | null>(null);
/** Ourselves, as others see us. */
export const own = signal<OwnView | null>(null);
export const network = signal<NetworkPage | null>(null);
/** How often each page of the server has changed: a view that shows one asks again. */
export const changes = signal<Readonly<Record<string, number>>>({});
/** What the server warns of, until somebody has seen it. */
export const warnings = signal<readonly Warning[]>([]);

/** Texts of warnings that are kept: more of them nobody reads. */
const MAX_WARNINGS = 5;

const connection = new Connection(secret, language, {
  hello: ({ state: now }) => {
    takeState(now);
    void resume();
  },
  state: takeState,
  chats: (change) => {
    const now = chats.value && changed(chats.value, change);
    if (now) chats.value = now;
    else void readChats().catch(sayUnlessLost);
  },
  timeline: (patch) => timeline.patched(patch, announce),
  head: timeline.headChanged,
  network: (value) => {
    network.value = value;
  },
  notice: noticed,
  notice_gone: ({ tag }) => noticeGone(tag),
  warning: (warning) => {
    warnings.value = [...warnings.value.filter((one) => one.text !== warning.text), warning].slice(-MAX_WARNINGS);
    announce(warning.text);
  },
  changed: ({ what }) => {
    const counts = { ...changes.value };
    for (const one of what) counts[one] = (counts[one] ?? 0) + 1;
    changes.value = counts;
    if (what.includes("own")) void readOwn().catch(sayUnlessLost);
  },
  settings: (value) => void takeSettings(value).catch(sayUnlessLost),
  reset: () => void begin(),
  locked: ({ secret: next }) => {
    if (next) use(next);
    else forget();
  },
});

/** Ask the server; see Connection.call. */
export const call = <M extends keyof AllCalls>(method: M, params: AllCalls[M]["params"]): Promise<AllCalls[M]["result"]> =>
  connection.call(method, params);

export const connect = (): void => connection.open();
export const hurry = (): void => connection.hurry();

function takeState(now: ServerState): void {
  const before = state.value;
  state.value = now;
  if (now.state !== "open") {
    chats.value = null;
    network.value = null;
    own.value = null;
    warnings.value = [];
    timeline.close();
  } else if (before && before.state !== "open" && link.value === "ready") void begin();
}

/** The socket is there, for the first time or again. */
async function resume(): Promise<void> {
  try {
    await takeSettings(await call("web_settings", {}));
    if (state.value?.state === "open") await begin();
  } catch (error) {
    say(error);
  }
}

/** A profile is open: its chats, its network, and the chat that was shown. */
async function begin(): Promise<void> {
  try {
    const [net] = await Promise.all([call("web_network", {}), readChats(), readOwn()]);
    network.value = net;
    await timeline.resume();
  } catch (error) {
    say(error);
  }
}

/** Read the list of chats, whose changes come from then on. */
async function readChats(): Promise<void> {
  chats.value = await call("web_chats", {});
}

/** Read anew who we are, and whether the recovery phrase is to be checked. */
export async function readOwn(): Promise<void> {
  own.value = await call("web_own", {});
}

/** The language that is being loaded. */
let coming: Language | null = null;

/** Settings as the server has them now. */
export async function takeSettings(value: Settings): Promise<void> {
  settings.value = value;
  const wanted: Language = value.language === "auto" ? preferred(navigator.languages) : value.language;
  if (wanted !== (coming ?? language())) {
    coming = wanted;
    await speak(wanted);
    if (coming !== wanted) return; // another one was chosen meanwhile
    coming = null;
    connection.open(); // what the server says is in the new language from now on
  }
}

/** Change a setting. */
export async function set<K extends keyof Settings>(name: K, value: Settings[K]): Promise<void> {
  await takeSettings(await call("web_set", { name, value }));
  if (name === "order") await readChats();
}

/** Close the profile, and end all sessions: this window gets a new one, in which nothing is open. */
export async function lock(): Promise<void> {
  try {
    await call("web_lock", {});
  } catch (error) {
    if (!(error instanceof LostError)) throw error; // the socket of the old session has ended, as it should
  }
}
