// The whole page: what is shown depends on the session, on the socket, and on whether a profile is open.
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { link } from "../net/connection";
import { chats, hurry, state, warnings } from "../store/client";
import { lines, toast, unsay } from "../store/said";
import { openChat } from "../store/timeline";
import { t } from "../texts";
import { ChatView } from "./chat";
import { Dialogs } from "./dialog";
import { Icon } from "./icon";
import { useKeys } from "./keys";
import { PopUps } from "./menu";
import { Sidebar } from "./sidebar";
import { Frame, Start } from "./start";
import { showDevices, showPeople } from "./windows";

/** Why there is no session, as the server says it. */
export const noSession = signal("");

export function App() {
  useKeys();
  useEffect(() => {
    document.title = chats.value?.window_title ?? "pystatus";
  }, [chats.value?.window_title]);
  return (
    <>
      {link.value === "over" ? <NoSession /> : state.value?.state === "open" ? <Open /> : state.value ? <Start /> : <Waiting />}
      <Dialogs />
      <PopUps />
      <Toast />
      {/* What comes is said here, apart from the list, so that nothing is said twice. */}
      <div role="log" aria-live="polite" class="hidden" aria-label={t("web.news")}>
        {lines.value.map(({ number, text }) => (
          <p key={number}>{text}</p>
        ))}
      </div>
    </>
  );
}

function Open() {
  return (
    <div class={`app ${openChat.value ? "has-chat" : ""}`}>
      <header class="hidden">
        <h1>pystatus</h1>
      </header>
      <Banner />
      <div class="panes">
        <Sidebar />
        <ChatView />
      </div>
    </div>
  );
}

/** What stands in the way: the page does not reach pystatus, or something is to be looked at. */
function Banner() {
  const isLost = link.value === "lost";
  const [warning] = warnings.value;
  return (
    <div role="status" class="banners">
      {isLost && (
        <p class="banner">
          <Icon name="wifi-off" size={18} />
          <span>{t("web.lost")}</span>
          <button type="button" class="button" onClick={hurry}>
            {t("web.try_now")}
          </button>
        </p>
      )}
      {warning && (
        <p class="banner">
          <Icon name="triangle-alert" size={18} />
          <span>{warning.text}</span>
          {(warning.place === "people" || warning.place === "devices") && (
            <button type="button" class="button" onClick={warning.place === "people" ? showPeople : showDevices}>
              {t("web.act_go")}
            </button>
          )}
          <button
            type="button"
            class="round"
            aria-label={t("web.close")}
            onClick={() => {
              warnings.value = warnings.value.slice(1);
            }}
          >
            <Icon name="x" size={16} />
          </button>
        </p>
      )}
    </div>
  );
}

function NoSession() {
  return (
    <Frame title={t("web.no_session")}>
      {noSession.value && <p>{noSession.value}</p>}
      <p>{t("web.no_session_remedy")}</p>
      <p class="key">pystatus web --open</p>
    </Frame>
  );
}

function Waiting() {
  return (
    <Frame title="pystatus">
      <p class="note" role="status">
        {link.value === "lost" ? t("web.lost") : t("terminal.first_working")}
      </p>
    </Frame>
  );
}

function Toast() {
  const now = toast.value;
  return (
    <div role={now?.isWrong ? "alert" : "status"} class="toasts" popover="manual" ref={(element) => show(element, now !== null)}>
      {now && (
        <p class={`toast ${now.isWrong ? "is-wrong" : ""}`}>
          <Icon name={now.isWrong ? "circle-alert" : "check"} size={18} />
          <span>{now.text}</span>
          <button type="button" class="round" aria-label={t("web.close")} onClick={unsay}>
            <Icon name="x" size={16} />
          </button>
        </p>
      )}
    </div>
  );
}

/** Lines are above windows that are open. */
function show(element: HTMLElement | null, isShown: boolean): void {
  if (!element?.showPopover) return;
  if (element.matches(":popover-open")) element.hidePopover();
  if (isShown) element.showPopover();
}
