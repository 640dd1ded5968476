// What the keys do, and what the signs at messages mean.
import { call } from "../store/client";
import { key, t } from "../texts";
import { useAsked } from "./asked";
import { Dialog } from "./dialog";
import { MarkView } from "./message";

const EVERYWHERE = [
  ["Alt ↑ ↓", key("terminal.keys_neighbour")], ["Alt A", key("terminal.keys_next_unread")], ["Ctrl K", key("terminal.keys_switch")],
  ["Ctrl F", key("web.search_here")], ["Alt N", key("terminal.keys_new_chat")], ["Alt L", key("web.lock")],
  ["?", key("web.keys")], ["Esc", key("web.keys_escape")],
] as const; // prettier-ignore
const MESSAGES = [
  ["↑ ↓", key("terminal.keys_choose")], ["Enter", key("web.message_tools")], ["R", key("web.reply")], ["+", key("web.react")],
  ["I", key("web.explain")], ["C", key("web.copy")], ["S", key("web.resend")], ["W", key("terminal.keys_withdraw")],
  ["Del", key("web.delete")],
  ["End", key("web.to_end")],
] as const; // prettier-ignore
const WRITING = [
  ["Enter", key("terminal.keys_send")], ["Shift Enter", key("terminal.keys_new_line")], ["@ :", key("web.keys_complete")],
  ["↑", key("web.keys_to_messages")],
] as const; // prettier-ignore

/** The states in the order of the legend. */
const STATES = ["sending", "sent", "archived", "delivered", "unconfirmed", "failed"] as const;

export function KeysWindow() {
  const [legend] = useAsked(() => call("web_legend", {}), []);
  return (
    <Dialog title={t("web.keys")} isRead>
      <Table title={t("terminal.keys_pages")} rows={EVERYWHERE} />
      <Table title={t("terminal.keys_messages")} rows={MESSAGES} />
      <Table title={t("terminal.keys_writing")} rows={WRITING} />
      <section class="part">
        <h3>{t("terminal.signs")}</h3>
        <ul class="legend">
          {legend?.map((mark, place) => (
            <li key={mark.words}>
              <MarkView mark={{ ...mark, state: STATES[place] ?? "failed", asks: false }} />
              <span aria-hidden="true">{mark.words}</span>
            </li>
          ))}
        </ul>
      </section>
    </Dialog>
  );
}

function Table({ title, rows }: { title: string; rows: readonly (readonly [string, Parameters<typeof t>[0]])[] }) {
  return (
    <section class="part">
      <h3>{title}</h3>
      <dl class="keys">
        {rows.map(([keys, name]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{(t as (name: string) => string)(name)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
