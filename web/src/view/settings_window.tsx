// Settings, notifications, and the windows that are logged in.
import type { Settings } from "../contract";
import { call, set, settings } from "../store/client";
import { askPermission, permission } from "../store/notices";
import { attempt } from "../store/said";
import { momentText } from "../moments";
import { LANGUAGES, t } from "../texts";
import { useAsked } from "./asked";
import { Dialog, Field } from "./dialog";
import { Icon } from "./icon";

export function SettingsWindow() {
  const now = settings.value;
  return (
    <Dialog title={t("web.settings")}>
      {now && (
        <div class="settings">
          <section class="part">
            <h3>{t("web.looks")}</h3>
            <Choose name="theme" now={now} label={t("web.theme")} values={{ auto: t("web.theme_auto"), light: t("web.theme_light"), dark: t("web.theme_dark"), contrast: t("web.theme_contrast") }} />
            <Choose name="language" now={now} label={t("web.language")} values={{ auto: t("web.language_auto"), ...LANGUAGES }} />
            <Choose name="order" now={now} label={t("web.order")} values={{ "unread-first": t("web.order_unread"), "latest-first": t("web.order_latest"), steady: t("web.order_steady") }} />
            <Choose name="enter" now={now} label={t("web.enter")} values={{ send: t("web.enter_sends"), newline: t("web.enter_breaks") }} />
          </section>
          <section class="part">
            <h3>{t("web.notices")}</h3>
            <Permission />
            <Switch name="notices" now={now} label={t("web.notices_on")} />
            <Switch name="sound" now={now} label={t("web.notices_sound")} />
            <Switch name="all_of_public" now={now} label={t("web.notices_public")} />
            <Switch name="strangers" now={now} label={t("web.notices_strangers")} />
            <Choose name="preview" now={now} label={t("web.preview")} values={{ all: t("web.preview_all"), name: t("web.preview_name"), nothing: t("web.preview_nothing") }} />
          </section>
          <section class="part">
            <h3>{t("web.safety")}</h3>
            <Field label={t("web.idle_lock")} note={t("web.idle_lock_note")}>
              {(id) => (
                <select id={id} class="input" value={String(now.idle_lock)} onChange={(event) => attempt(() => set("idle_lock", Number(event.currentTarget.value)))}>
                  <option value="0">{t("web.never")}</option>
                  {[5, 15, 60, 240].map((minutes) => (
                    <option key={minutes} value={String(minutes)}>
                      {t("time.minutes", { n: minutes })}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <Sessions />
          </section>
        </div>
      )}
    </Dialog>
  );
}

interface Chosen<K extends keyof Settings> {
  readonly name: K;
  readonly now: Settings;
  readonly label: string;
}

function Choose<K extends "theme" | "language" | "order" | "enter" | "preview">({ name, now, label, values }: Chosen<K> & { values: Record<Settings[K], string> }) {
  return (
    <Field label={label}>
      {(id) => (
        <select id={id} class="input" value={now[name]} onChange={(event) => attempt(() => set(name, event.currentTarget.value as Settings[K]))}>
          {Object.entries<string>(values).map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

function Switch({ name, now, label }: Chosen<"notices" | "sound" | "all_of_public" | "strangers">) {
  return (
    <label class="switch">
      <span>{label}</span>
      <input type="checkbox" checked={now[name]} onChange={(event) => attempt(() => set(name, event.currentTarget.checked))} />
    </label>
  );
}

function Permission() {
  if (permission.value === "granted") return null;
  if (permission.value === "denied") return <p class="note">{t("web.notices_denied")}</p>;
  return (
    <button type="button" class="button" onClick={() => attempt(askPermission)}>
      <Icon name="bell" size={18} />
      {t("web.notices_allow")}
    </button>
  );
}

function Sessions() {
  const [now, again] = useAsked(() => call("web_sessions", {}), ["sessions"]);
  return (
    <>
      <p class="label">{t("web.sessions")}</p>
      <ul class="people">
        {now?.map((session) => (
          <li key={session.id}>
            <span class="person-line">
              <Icon name="laptop" />
              <span>
                {session.name}
                <span class="note">
                  {session.own ? t("web.session_own") : t("web.session_used", { moment: momentText(session.last_used * 1_000, Date.now()) })}
                </span>
              </span>
            </span>
            {!session.own && (
              <button type="button" class="button" onClick={() => attempt(() => call("web_revoke", { session_id: session.id })).then(again)}>
                {t("web.end_session")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
