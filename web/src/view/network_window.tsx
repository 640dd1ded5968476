// Who is connected, what stands in the way, what waits to be sent; and the invitation to the network.
import { call, lock, network, state } from "../store/client";
import { attempt, done } from "../store/said";
import { go } from "../store/timeline";
import { t } from "../texts";
import { useAsked } from "./asked";
import { closeDialogs, confirm, Dialog } from "./dialog";
import { Icon } from "./icon";
import { Care, withdraw } from "./message_actions";
import { MarkView } from "./message";
import { showQr } from "./qr_window";
import { showOwnNetwork } from "./windows";

export function NetworkWindow() {
  const now = network.value;
  const own = state.value?.network.own;
  const isMissing = state.value?.network.known === false;
  const [outbox, again] = useAsked(() => call("web_outbox", {}), ["outbox"]);
  const [invitation] = useAsked(() => call("web_network_invitation", {}), ["network"]);
  return (
    <Dialog title={t("terminal.network_title")}>
      {now && (
        <>
          <p class={`network-state ${now.online ? "online" : ""}`}>
            <Icon name={now.online ? "wifi" : "wifi-off"} />
            <strong>{now.status}</strong>
          </p>
          {now.trouble.length > 0 && (
            <div class="care block">
              {now.trouble.map((sentence) => (
                <p key={sentence}>{sentence}</p>
              ))}
            </div>
          )}
          <section class="part">
            <h3>{t("web.relays")}</h3>
            <ul class="relays">
              {now.relays.map((relay) => (
                <li key={relay.name}>
                  <span class={`dot ${relay.state}`} aria-hidden="true" />
                  <span class="key">{relay.name}</span>
                  <span class="note">{relay.text}</span>
                </li>
              ))}
            </ul>
            {!now.relays.length && !now.trouble.length && <Care text={t("web.no_relays")} />}
          </section>
        </>
      )}
      <section class="part">
        <h3>{t("terminal.outbox_title")}</h3>
        {outbox?.rows.length === 0 && <p class="note">{t("terminal.outbox_empty")}</p>}
        <ul class="people">
          {outbox?.rows.map(({ message, chat, title }) => (
            <li key={message.id}>
              <button
                type="button"
                class="person-line"
                onClick={() => {
                  closeDialogs();
                  void attempt(() => go(chat, message.id));
                }}
              >
                <span>
                  <bdi>{title}</bdi>
                  <span class="note">{message.said || message.plain || message.note}</span>
                </span>
                {message.mark && <MarkView mark={message.mark} />}
              </button>
              {message.can.includes("resend") && (
                <button type="button" class="button" onClick={() => attempt(() => call("client_resend", { message: message.id })).then(again)}>
                  {t("web.resend")}
                </button>
              )}
              {message.can.includes("withdraw") && (
                <button type="button" class="button" onClick={() => withdraw(message).then(again)}>
                  {t("web.withdraw")}
                </button>
              )}
            </li>
          ))}
        </ul>
        {!!outbox?.more && <p class="note">{t("terminal.outbox_more", { n: outbox.more })}</p>}
      </section>
      <div class="buttons">
        <button
          type="button"
          class="button"
          onClick={() =>
            attempt(async () => {
              await call("client_fetch_history", {});
              done(t("terminal.fetched"));
            })
          }
        >
          <Icon name="refresh-cw" size={18} />
          {t("web.fetch_history")}
        </button>
        {invitation && (
          <button type="button" class="button" onClick={() => showQr(t("web.network_invitation"), invitation.link, invitation.qr)}>
            <Icon name="qr-code" size={18} />
            {t("web.network_invitation")}
          </button>
        )}
        {(own === "running" || own === "stopped") && (
          <button type="button" class="button" onClick={showOwnNetwork}>
            <Icon name="house" size={18} />
            {t("web.own_network")}
          </button>
        )}
        <button type="button" class={`button ${isMissing ? "main" : ""}`} onClick={() => askOther(isMissing ? t("web.choose_network") : t("web.other_network"))}>
          <Icon name="network" size={18} />
          {isMissing ? t("web.choose_network") : t("web.other_network")}
        </button>
      </div>
    </Dialog>
  );
}

/** The network is chosen where no profile is open. */
function askOther(title: string): void {
  confirm({ title, text: t("web.other_network_question"), yes: t("web.lock") }, () => {
    closeDialogs();
    void attempt(lock);
  });
}
