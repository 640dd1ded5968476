// People: who wants to write to us, whom we know, who is blocked.
import type { PersonEntry } from "../contract";
import { call } from "../store/client";
import { t } from "../texts";
import { useAsked } from "./asked";
import { ask, Dialog } from "./dialog";
import { PersonLine } from "./group_window";
import { Icon } from "./icon";
import { Care } from "./message_actions";
import { ActionButton } from "./person_window";

export function PeopleWindow() {
  const [now, again] = useAsked(() => call("web_people", {}), ["people"]);
  const isEmpty = now && !now.requests.length && !now.contacts.length && !now.others.length && !now.blocked.length;
  const add = () =>
    ask({ title: t("terminal.add_title"), label: t("terminal.add_question"), note: t("web.by_key_note"), yes: t("web.add") }, async (person) => {
      await call("contacts_add", { person });
      again();
    });
  return (
    <Dialog
      title={t("terminal.people_title")}
      foot={
        <button type="button" class="button main" onClick={add}>
          <Icon name="user-plus" size={18} />
          {t("terminal.add_title")}
        </button>
      }
    >
      {now && (
        <>
          <Part title={t("web.people_requests")} entries={now.requests} again={again} isAsking />
          <Part title={t("web.contacts")} entries={now.contacts} again={again} />
          <Part title={t("web.people_others")} entries={now.others} again={again} />
          <Part title={t("web.people_blocked")} entries={now.blocked} again={again} />
          {isEmpty && <p class="note">{t("web.people_empty")}</p>}
          <p class="note">{t("terminal.people_note")}</p>
        </>
      )}
    </Dialog>
  );
}

function Part({ title, entries, again, isAsking }: { title: string; entries: readonly PersonEntry[]; again: () => void; isAsking?: boolean }) {
  if (!entries.length) return null;
  return (
    <section class="part">
      <h3>{title}</h3>
      <ul class="people">
        {entries.map((entry) => (
          <li key={entry.person.key} class={isAsking ? "asking" : ""}>
            <PersonLine person={{ ...entry.person, label: entry.label }} note={[...entry.states, entry.claims].filter(Boolean).join(", ")} />
            {entry.warning && <Care text={entry.warning} />}
            {isAsking ? (
              <div class="buttons">
                {entry.actions.map((action) => (
                  <ActionButton key={action} action={action} entry={entry} onDone={again} />
                ))}
              </div>
            ) : (
              entry.actions[0] === "write" && <ActionButton action="write" entry={entry} onDone={again} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
