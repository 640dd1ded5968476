// Choose people: contacts by a mark, others by their chat key or a link.
import { useState } from "preact/hooks";
import { call } from "../store/client";
import { t } from "../texts";
import { useAsked } from "./asked";
import { Avatar } from "./avatar";
import { Field, Form } from "./dialog";

interface Given {
  readonly yes: string;
  readonly without?: ReadonlySet<string>;
  /** Chat keys, or links, of those who were chosen. */
  readonly onDone: (people: string[], data: FormData) => Promise<unknown>;
  readonly children?: preact.ComponentChildren;
}

export function PeoplePicker({ yes, without, onDone, children }: Given) {
  const [people] = useAsked(() => call("web_people", {}), ["people"]);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const contacts = (people?.contacts ?? []).filter(({ person }) => !without?.has(person.key));
  return (
    <Form
      yes={yes}
      onDone={(data) => {
        const typed = String(data.get("key") ?? "").trim();
        return onDone(typed ? [...chosen, typed] : [...chosen], data);
      }}
    >
      {children}
      {contacts.length > 0 && (
        <fieldset class="picker">
          <legend>{t("web.contacts")}</legend>
          {contacts.map(({ person, label }) => (
            <label key={person.key} class="pick">
              <Avatar person={person} size={36} />
              <bdi>{label}</bdi>
              <input
                type="checkbox"
                checked={chosen.includes(person.key)}
                onChange={(event) =>
                  setChosen(event.currentTarget.checked ? [...chosen, person.key] : chosen.filter((one) => one !== person.key))
                }
              />
            </label>
          ))}
        </fieldset>
      )}
      <Field label={t("web.by_key")} note={t("web.by_key_note")}>
        {(id) => <input id={id} name="key" class="input" autoComplete="off" spellcheck={false} />}
      </Field>
    </Form>
  );
}
