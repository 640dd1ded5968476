// Begins the page: the session of the code in the address, the language of the browser, the socket, the looks.
import { effect, untracked } from "@preact/signals";
import { render } from "preact";
import { sentence } from "./net/errors";
import { link } from "./net/connection";
import { begin, forget, secret, takeCode } from "./net/session";
import { call, connect, hurry, settings } from "./store/client";
import { forgetAll } from "./store/composing";
import { pressed } from "./store/notices";
import { attempt, sayUnlessLost } from "./store/said";
import { go, open } from "./store/timeline";
import { language, preferred, speak } from "./texts";
import { App, noSession } from "./view/app";
import "./style/base.css";
import "./style/layout.css";
import "./style/chat.css";
import "./style/windows.css";

async function start(): Promise<void> {
  const code = takeCode();
  await speak(preferred(navigator.languages));
  if (code) {
    try {
      await begin(code);
    } catch (error) {
      if (!secret()) noSession.value = sentence(error);
    }
  }
  const app = document.querySelector("#app");
  if (app) render(<App />, app);
  connect();
}

// Looks and language are those of the settings, or of the browser.
const isDark = matchMedia("(prefers-color-scheme: dark)");
const wantsContrast = matchMedia("(prefers-contrast: more)");
function look(): void {
  const wanted = settings.value?.theme ?? "auto";
  const auto = wantsContrast.matches ? "contrast" : isDark.matches ? "dark" : "light";
  document.documentElement.dataset.theme = wanted === "auto" ? auto : wanted;
}
effect(look);
isDark.addEventListener("change", look);
wantsContrast.addEventListener("change", look);
effect(() => {
  document.documentElement.lang = language();
});

// Who comes back to the machine or to the network need not wait for the next attempt.
addEventListener("online", hurry);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) hurry();
  tellFocus();
});
addEventListener("focus", tellFocus);
addEventListener("blur", tellFocus);

/** Milliseconds between two tellings that somebody is here. */
const TOLD_EVERY = 60_000;
let told = { focused: false, at: 0 };
function tellFocus(): void {
  const focused = document.hasFocus() && !document.hidden;
  if (link.value !== "ready" || (told.focused === focused && Date.now() - told.at < TOLD_EVERY)) return;
  told = { focused, at: Date.now() };
  call("web_focus", { focused }).catch(sayUnlessLost);
}
addEventListener("keydown", tellFocus, { passive: true });
addEventListener("pointerdown", tellFocus, { passive: true });
effect(() => {
  const now = link.value;
  untracked(() => {
    if (now === "ready") tellFocus();
    else told = { focused: false, at: 0 };
    if (now === "over") {
      forget();
      forgetAll();
    }
  });
});

// A notice that somebody pressed leads to its message.
effect(() => {
  const notice = pressed.value;
  if (!notice) return;
  untracked(() => {
    pressed.value = null;
    void attempt(() => (notice.message ? go(notice.chat, notice.message) : open(notice.chat)));
  });
});

void start();
