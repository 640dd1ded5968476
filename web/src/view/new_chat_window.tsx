// A new chat: with a person, in public, in a group, by a code.
import { useSignal } from "@preact/signals";
import { call } from "../store/client";
import { open } from "../store/timeline";
import { t } from "../texts";
import { closeDialogs, Dialog, Field, Form } from "./dialog";
import { Icon, type IconName } from "./icon";
import { PeoplePicker } from "./people_picker";
import { attempt } from "../store/said";
import { showScanner } from "./qr_window";
import { follow } from "./link_window";

type Kind = "person" | "public" | "group";

export function NewChatWindow() {
  const kind = useSignal<Kind | null>(null); // whoever opens it again chooses again
  const choose = (one: Kind) => () => {
    kind.value = one;
  };
  const back = () => {
    kind.value = null;
  };
  switch (kind.value) {
    case "person":
      return (
        <Dialog key="person" title={t("web.new_person")} onBack={back}>
          <PersonForm />
        </Dialog>
      );
    case "public":
      return (
        <Dialog key="public" title={t("web.new_public")} onBack={back}>
          <PublicForm />
        </Dialog>
      );
    case "group":
      return (
        <Dialog key="group" title={t("web.new_group")} onBack={back}>
          <GroupForm />
        </Dialog>
      );
    default:
      return (
        <Dialog key="choose" title={t("terminal.new_title")} size="small">
          <div class="choices">
            <Choice icon="user" title={t("web.new_person")} note={t("web.new_person_note")} press={choose("person")} />
            <Choice icon="users" title={t("web.new_group")} note={t("web.new_group_note")} press={choose("group")} />
            <Choice icon="hash" title={t("web.new_public")} note={t("web.new_public_note")} press={choose("public")} />
            <Choice icon="qr-code" title={t("web.scan")} note={t("web.scan_note")} press={() => showScanner(scanned)} />
          </div>
        </Dialog>
      );
  }
}

function scanned(text: string): void {
  closeDialogs();
  void attempt(() => goTo(text));
}

/** A chat by whatever names it: a key, a link. */
async function goTo(text: string): Promise<void> {
  const link = await call("web_link", { url: text });
  if (link.inside) await follow(text);
  else await open((await call("client_open_chat", { person: text })).id);
}

function Choice({ icon, title, note, press }: { icon: IconName; title: string; note: string; press: () => void }) {
  return (
    <button type="button" class="choice" onClick={press}>
      <span class="choice-icon">
        <Icon name={icon} />
      </span>
      <span>
        <strong>{title}</strong>
        <span class="note">{note}</span>
      </span>
    </button>
  );
}

function PersonForm() {
  return (
    <Form
      yes={t("web.act_write")}
      onDone={async (data) => {
        await goTo(String(data.get("key") ?? "").trim());
        closeDialogs();
      }}
    >
      <Field label={t("web.by_key")} note={t("web.by_key_note")}>
        {(id) => <input id={id} name="key" class="input" autoComplete="off" spellcheck={false} />}
      </Field>
    </Form>
  );
}

function PublicForm() {
  return (
    <Form
      yes={t("web.act_join")}
      onDone={async (data) => {
        const chat = await call("client_join", { name: String(data.get("name") ?? "").trim() });
        closeDialogs();
        await open(chat.id);
      }}
    >
      <Field label={t("web.public_name")} note={t("web.public_note")}>
        {(id) => <input id={id} name="name" class="input" autoComplete="off" spellcheck={false} placeholder="#status" />}
      </Field>
    </Form>
  );
}

function GroupForm() {
  return (
    <PeoplePicker
      yes={t("web.make_group")}
      onDone={async (members, data) => {
        const chat = await call("groups_create", { name: String(data.get("name") ?? "").trim(), members });
        closeDialogs();
        await open(chat.id);
      }}
    >
      <Field label={t("web.group_name")}>{(id) => <input id={id} name="name" class="input" autoComplete="off" dir="auto" />}</Field>
    </PeoplePicker>
  );
}
