// The devices of the account, each with what is still to be done, here and there.
import { call } from "../store/client";
import { attempt, done } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { ask, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";

export function DevicesWindow() {
  const [now, again] = useAsked(() => call("web_devices", {}), ["devices"]);
  const does = (what: () => Promise<unknown>) => void attempt(what).then(again);
  return (
    <Dialog title={t("terminal.devices_title")}>
      {now && (
        <>
          {now.question && <Care text={now.question} />}
          <ul class="devices">
            {now.devices.map((device) => (
              <li key={device.id}>
                <span class="choice-icon">
                  <Icon name={device.this ? "laptop" : "monitor-smartphone"} />
                </span>
                <div>
                  <strong>
                    <bdi>{device.title}</bdi>
                  </strong>
                  <p class="note">{device.text}</p>
                  <Steps title={t("web.to_do_here")} steps={device.here} />
                  <Steps title={t("web.to_do_there")} steps={device.there} />
                  {!device.this && (
                    <div class="buttons">
                      <button
                        type="button"
                        class={`button ${device.enabled ? "" : "main"}`}
                        disabled={!device.enabled && !now.can_enable}
                        onClick={() => does(() => call("devices_set_enabled", { installation_id: device.id, enabled: !device.enabled }))}
                      >
                        {device.enabled ? t("web.disable") : t("web.enable")}
                      </button>
                    </div>
                  )}
                </div>
              </li>
            ))}
          </ul>
          <div class="buttons">
            <button type="button" class="button" onClick={() => askName(again)}>
              {t("web.act_device_name")}
            </button>
            <button
              type="button"
              class="button"
              onClick={() =>
                does(async () => {
                  await call("devices_pair", {});
                  done(t("web.paired"));
                })
              }
            >
              {t("web.act_pair")}
            </button>
            <button
              type="button"
              class="button"
              onClick={() =>
                does(async () => {
                  await call("devices_sync_all", {});
                  done(t("terminal.syncing"));
                })
              }
            >
              {t("web.act_sync")}
            </button>
            <button type="button" class="button danger" onClick={() => showDialog(() => <Stolen sentences={now.stolen} />)}>
              <Icon name="shield-alert" size={18} />
              {t("web.act_stolen")}
            </button>
          </div>
          <p class="note">{t("terminal.devices_note")}</p>
        </>
      )}
    </Dialog>
  );
}

function Steps({ title, steps }: { title: string; steps: readonly string[] }) {
  if (!steps.length) return null;
  return (
    <>
      <p class="label">{title}</p>
      <ul class="steps">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ul>
    </>
  );
}

function Stolen({ sentences }: { sentences: readonly string[] }) {
  return (
    <Dialog title={t("terminal.stolen_title")} isRead>
      <ol class="sentences numbered">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ol>
    </Dialog>
  );
}

function askName(again: () => void): void {
  ask({ title: t("terminal.device_title"), label: t("terminal.device_question"), yes: t("web.save") }, async (name) => {
    await call("devices_rename", { name });
    again();
  });
}
