// Who somebody is, and what can be done about them.
import type { PersonAction, PersonView } from "../contract";
import { call } from "../store/client";
import { writeTo } from "../store/going";
import { attempt } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { Avatar } from "./avatar";
import { ask, closeDialog, closeDialogs, confirm, Dialog, showDialog } from "./dialog";
import { Icon, type IconName } from "./icon";
import { Care, copy } from "./message_actions";
import { showQr } from "./qr_window";

/** What a link to somebody begins with; their chat key is behind it. */
const PERSON_LINK = "https://join.status.im/u/";

/** Show somebody. */
export const showPerson = (person: string): void => showDialog(() => <PersonWindow person={person} />);

const ACTIONS: Readonly<Record<PersonAction, { readonly icon: IconName; readonly label: () => string; readonly danger?: boolean }>> = {
  write: { icon: "message-circle", label: () => t("web.act_write") },
  accept: { icon: "user-plus", label: () => t("web.act_accept") },
  add: { icon: "user-plus", label: () => t("web.add_contact") },
  dismiss: { icon: "x", label: () => t("web.act_ignore") },
  name: { icon: "pencil", label: () => t("web.act_nickname") },
  remove: { icon: "user-minus", label: () => t("web.remove_contact") },
  block: { icon: "user-x", label: () => t("web.block"), danger: true },
  unblock: { icon: "user", label: () => t("web.unblock") },
};

/** The button of something that can be done about somebody. */
export function ActionButton({ action, entry, onDone }: { action: PersonAction; entry: Pick<PersonView, "person">; onDone?: () => void }) {
  const { icon, label, danger } = ACTIONS[action];
  return (
    <button type="button" class={`button ${danger ? "danger" : ""} ${action === "accept" || action === "write" ? "main" : ""}`} onClick={() => act(action, entry, onDone)}>
      <Icon name={icon} size={18} />
      {label()}
    </button>
  );
}

function act(action: PersonAction, { person }: Pick<PersonView, "person">, onDone?: () => void): void {
  const who = person.key;
  const after = (what: () => Promise<unknown>) => void attempt(what).then(onDone);
  switch (action) {
    case "write":
      closeDialogs();
      return after(() => writeTo(who));
    case "accept":
    case "add":
      return after(() => call("contacts_add", { person: who }));
    case "dismiss":
      return after(() => call("contacts_dismiss", { person: who }));
    case "remove":
      return after(() => call("contacts_remove", { person: who }));
    case "unblock":
      return after(() => call("contacts_unblock", { person: who }));
    case "name":
      return ask({ title: t("terminal.nick_title"), label: t("terminal.nick_question"), yes: t("web.save"), value: person.name }, async (nickname) => {
        await call("contacts_set_nickname", { person: who, nickname });
        onDone?.();
      });
    default:
      return askBlock(who, onDone);
  }
}

function askBlock(who: string, onDone?: () => void): void {
  void attempt(async () => {
    const now = await call("web_person", { person: who });
    confirm(
      {
        title: t("web.block"), text: t("terminal.block_question", { name: now.label, n: now.messages }), yes: t("web.block"), danger: true,
        children: <p class="note">{t("web.block_export")}</p>,
      }, // prettier-ignore
      () => void attempt(() => call("contacts_block", { person: who })).then(onDone),
    );
  });
}

function PersonWindow({ person }: { person: string }) {
  const [now, again] = useAsked(() => call("web_person", { person }), ["people"], person);
  return (
    <Dialog title={t("web.person_title")}>
      {now && (
        <div class="card">
          <Avatar person={now.person} size={88} />
          <h3 class="card-name">
            <bdi>{now.label}</bdi>
          </h3>
          {now.person.second && (
            <p class="note">
              <bdi>{now.person.second}</bdi>
            </p>
          )}
          <p class="tags">
            {now.states.map((state) => (
              <span key={state}>{state}</span>
            ))}
          </p>
          {now.claims && <p class="note">{now.claims}</p>}
          {now.warning && <Care text={now.warning} />}
          <div class="buttons">
            {now.actions.map((action) => (
              <ActionButton key={action} action={action} entry={now} onDone={again} />
            ))}
          </div>
          <KeyLine label={t("web.chat_key")} value={now.person.chat_key} />
          <div class="buttons">
            <button type="button" class="button" onClick={() => showQr(now.label, now.link || `${PERSON_LINK}${now.person.chat_key}`)}>
              <Icon name="qr-code" size={18} />
              {t("web.show_qr")}
            </button>
            <button type="button" class="button" onClick={closeDialog}>
              {t("web.close")}
            </button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** A key or a link, to be copied. */
export function KeyLine({ label, value }: { label: string; value: string }) {
  return (
    <div class="key-line">
      <p>
        <span class="label">{label}</span>
        <span class="key">{value}</span>
      </p>
      <button type="button" class="round" aria-label={t("web.copy_what", { what: label })} title={t("web.copy")} onClick={() => copy(value)}>
        <Icon name="copy" size={18} />
      </button>
    </div>
  );
}

