// Which network profiles are opened in: the one of an invitation, one that is made here, or none yet.
import { CallError } from "../net/errors";
import { call, state } from "../store/client";
import { attempt } from "../store/said";
import { t } from "../texts";
import { ask } from "./dialog";
import { Icon, type IconName } from "./icon";
import { showScanner } from "./qr_window";
import { showMakeNetwork, showOwnNetwork } from "./windows";

const join = (invitation: string) => call("web_join", { invitation });

const askInvitation = () =>
  ask({ title: t("web.join_network"), label: t("web.invitation"), note: t("web.invitation_note"), yes: t("web.use_network") }, (line) => {
    if (!line) throw new CallError(t("web.invitation_missing")); // without one, the network would be left
    return join(line);
  });

/** What stands below the profiles, before one is open. */
export function NetworkChoice() {
  const now = state.value?.network;
  if (!now) return null;
  const { known, named, name, own } = now;
  return (
    <section class={`network-choice ${known ? "" : "missing"}`} aria-label={t("terminal.network_title")}>
      <p class="network-now">
        <Icon name={known ? "network" : "triangle-alert"} size={18} />
        <strong>{named ? t("web.in_network", { name }) : known ? t("web.in_named_nodes") : t("web.no_network")}</strong>
      </p>
      {!known && <p class="note">{t("web.no_network_note")}</p>}
      <div class="buttons">
        <Choice icon="link" text={t("web.join_network")} press={askInvitation} />
        <Choice icon="qr-code" text={t("web.scan")} press={() => showScanner((text) => void attempt(() => join(text)))} />
        {own === "none" && <Choice icon="house" text={t("web.make_network")} press={showMakeNetwork} />}
        {(own === "running" || own === "stopped") && <Choice icon="house" text={t("web.own_network")} press={showOwnNetwork} />}
        {named && <Choice icon="x" text={t("web.leave_network")} press={() => attempt(() => join(""))} />}
      </div>
    </section>
  );
}

function Choice({ icon, text, press }: { icon: IconName; text: string; press: () => void }) {
  return (
    <button type="button" class="button" onClick={press}>
      <Icon name={icon} size={18} />
      {text}
    </button>
  );
}
