// Names on the chain: ours, one that is searched for, and what was changed from here.
import type { NamesView, NameView } from "../contract";
import { call } from "../store/client";
import { attempt, done } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { ask, confirm, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";
import { draftAndAsk } from "./signing_window";

const TOPICS = ["names", "wallet"];

export function NamesWindow() {
  const [now, again] = useAsked(() => call("web_names", {}), TOPICS);
  const search = () =>
    ask({ title: t("names.search"), label: t("names.search_question"), yes: t("web.search_name") }, async (name) => {
      const found = await call("web_name", { name });
      return () => showDialog(() => <NameWindow found={found} />);
    });
  return (
    <Dialog
      title={t("names.title")}
      foot={
        <button type="button" class="button main" onClick={search}>
          <Icon name="search" size={18} />
          {t("names.search")}
        </button>
      }
    >
      {now && (
        <>
          {now.problem && <Care text={now.problem} />}
          <ul class="sent">
            {now.names.map((one) => (
              <li key={one.name}>
                <Own one={one} again={again} />
              </li>
            ))}
          </ul>
          {!now.names.length && <p class="note">{t("names.empty")}</p>}
          <p class="note">{t("names.note")}</p>
          {now.changes.length > 0 && (
            <section class="part">
              <h3>{t("names.changes")}</h3>
              <ul class="sent">
                {now.changes.map((one) => (
                  <li key={`${one.title} ${one.moment}`}>
                    <p>{one.title}</p>
                    <p class="note">
                      {one.moment} · {one.state}
                    </p>
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Dialog>
  );
}

function Own({ one, again }: { one: NamesView["names"][number]; again: () => void }) {
  const does = (what: () => Promise<unknown>) => void attempt(what).then(again);
  const forget = () =>
    confirm({ title: t("web.forget_name"), text: t("names.forget_question", { name: one.name }), yes: t("web.forget_name") }, () =>
      does(() => call("names_remove", { name: one.name })),
    );
  return (
    <>
      <p>
        <strong>
          <bdi>{one.name}</bdi>
        </strong>
      </p>
      <p class="note">{one.preferred ? t("names.preferred") : t("names.not_preferred")}</p>
      <div class="buttons">
        <button type="button" class="button" onClick={() => does(async () => {
          const found = await call("web_name", { name: one.name });
          showDialog(() => <NameWindow found={found} />);
        })}>
          {t("web.change")}
        </button>
        <button type="button" class="button" onClick={() => does(() => call("names_prefer", { name: one.preferred ? "" : one.name }))}>
          {one.preferred ? t("web.hide_name") : t("web.show_name")}
        </button>
        <button type="button" class="button" onClick={forget}>
          {t("web.forget_name")}
        </button>
      </div>
    </>
  );
}

function NameWindow({ found }: { found: NameView }) {
  const [later, again] = useAsked(() => call("web_name", { name: found.name }), TOPICS, found.name);
  const now = later ?? found;
  const add = () =>
    void attempt(async () => {
      await call("names_add", { name: now.name });
      done(t("names.added", { name: now.name }));
    }).then(again);
  return (
    <Dialog title={now.name}>
      {now.sentences.map((said) => (
        <p key={said} class="told">
          <bdi>{said}</bdi>
        </p>
      ))}
      {now.problem && <Care text={now.problem} />}
      <div class="buttons">
        {now.actions.map(({ action, label }) => (
          <button key={action} type="button" class={`button ${action === "register" ? "main" : ""}`} onClick={() => act(action, now.name, again)}>
            {label}
          </button>
        ))}
        {now.can_add && (
          <button type="button" class="button main" onClick={add}>
            {t("web.use_name")}
          </button>
        )}
      </div>
    </Dialog>
  );
}

/** What is done with a name; some of it needs to be told what it is to be. */
function act(action: string, name: string, again: () => void): void {
  const draft = (value: string) => draftAndAsk(() => call("web_name_draft", { action, name, value }), again);
  if (action !== "set_address" && action !== "set_content") return draft("");
  const label = action === "set_address" ? t("names.ask_address") : t("names.ask_content");
  ask({ title: name, label, yes: t("web.next") }, async (value) => () => draft(value));
}
