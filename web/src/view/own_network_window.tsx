// A network of one's own: made here, and what others need to join it.
import { useState } from "preact/hooks";
import type { OwnNetwork } from "../contract";
import { call, state } from "../store/client";
import { t } from "../texts";
import { useAsked } from "./asked";
import { confirm, Dialog, Field, Form } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";
import { KeyLine } from "./person_window";
import { QrCode } from "./qr_window";
import { attempt } from "../store/said";

/** Make one; then its invitation is shown. */
export function MakeNetworkWindow() {
  const [made, setMade] = useState<OwnNetwork | null>(null);
  if (made) return <Dialog key="made" title={t("web.own_network")}><Shown network={made} onChange={setMade} /></Dialog>; // prettier-ignore
  return (
    <Dialog key="make" title={t("web.make_network")}>
      <p>{t("web.make_network_note")}</p>
      <Form
        yes={t("web.make_network")}
        onDone={async (data) => {
          const host = String(data.get("host") ?? "").trim() || undefined;
          setMade(await call("web_network_make", { name: String(data.get("name") ?? ""), host }));
        }}
      >
        <Field label={t("web.network_name")}>{(id) => <input id={id} name="name" class="input" autoComplete="off" dir="auto" maxLength={60} />}</Field>
        <Field label={t("web.network_host")} note={t("web.network_host_note")}>
          {(id) => <input id={id} name="host" class="input" autoComplete="off" spellcheck={false} dir="ltr" />}
        </Field>
      </Form>
    </Dialog>
  );
}

/** The one that was made. */
export function OwnNetworkWindow() {
  const [asked] = useAsked(() => call("web_own_network", {}), []);
  const [changed, setChanged] = useState<OwnNetwork | null>(null);
  const now = changed ?? asked;
  return <Dialog title={t("web.own_network")}>{now && <Shown network={now} onChange={setChanged} />}</Dialog>;
}

function Shown({ network: now, onChange }: { network: OwnNetwork; onChange: (network: OwnNetwork) => void }) {
  const isRunning = now.state === "running";
  const start = () => attempt(async () => onChange(await call("web_network_start", {})));
  const stop = () =>
    confirm({ title: t("web.stop_network"), text: t("web.stop_network_question"), yes: t("web.stop_network"), danger: true }, () => {
      void attempt(async () => onChange(await call("web_network_stop", {})));
    });
  const use = () =>
    attempt(async () => {
      await call("web_join", { invitation: now.link });
      onChange(await call("web_own_network", {}));
    });
  return (
    <div class="card">
      {isRunning && (
        <>
          <h3 class="card-name">
            <bdi>{now.name}</bdi>
          </h3>
          <p>{t("web.give_invitation", { join: t("web.join_network") })}</p>
          <QrCode rows={now.qr} label={t("web.qr_of", { what: now.link })} />
          <KeyLine label={t("web.invitation")} value={now.link} />
          <p>{now.reach}</p>
          {now.ports && <p class="note">{now.ports}</p>}
        </>
      )}
      <p class="note">{isRunning ? t("web.own_network_runs") : t("web.own_network_stopped")}</p>
      {now.problem && <Care text={now.problem} />}
      <div class="buttons">
        {isRunning ? (
          <button type="button" class="button" onClick={stop}>
            {t("web.stop_network")}
          </button>
        ) : (
          <button type="button" class="button main" onClick={start}>
            {t("web.start_network")}
          </button>
        )}
        {isRunning && !now.used && state.value?.state !== "open" && (
          <button type="button" class="button main" onClick={use}>
            <Icon name="network" size={18} />
            {t("web.use_own_network")}
          </button>
        )}
      </div>
    </div>
  );
}
