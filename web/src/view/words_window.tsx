// The recovery phrase: hidden until somebody wants to see it, and checked by three of its words. It is in no field that
// a browser keeps or sends for spelling, and gone from the page when the window closes.
import { useState } from "preact/hooks";
import { call, readOwn, state } from "../store/client";
import { done } from "../store/said";
import { t } from "../texts";
import { closeDialog, Dialog, Field, Form } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";

/** The password as it was typed when the account was made, so that it need not be typed again at once. */
let made = "";

/** The account was just made with this password. */
export function justMade(password: string): void {
  made = password;
}

export function WordsWindow() {
  const [words, setWords] = useState<readonly string[]>([]);
  const [places, setPlaces] = useState<readonly number[]>([]);
  const [password] = useState(made);
  made = "";
  const show = async (typed: string) => setWords((await call("web_words", { password: typed })).words);
  const check = async () => {
    const asked = await call("web_words_places", {});
    setWords([]);
    setPlaces(asked);
  };
  return (
    <Dialog title={t("terminal.words_title")}>
      {places.length > 0 ? (
        <CheckForm places={places} onBack={() => setPlaces([])} />
      ) : words.length > 0 ? (
        <>
          <p>{t("terminal.words_text")}</p>
          <ol class="words" translate={false}>
            {words.map((word, place) => (
              <li key={`${place} ${word}`}>
                <span class="word-place">{place + 1}</span>
                <span>{word}</span>
              </li>
            ))}
          </ol>
          <div class="buttons">
            <button type="button" class="button" onClick={closeDialog}>
              {t("web.later")}
            </button>
            <button type="button" class="button" onClick={() => print()}>
              {t("web.print")}
            </button>
            <button type="button" class="button main" onClick={() => void check()}>
              {t("web.words_written")}
            </button>
          </div>
        </>
      ) : (
        <>
          <Care text={t("web.words_alone")} />
          <p>{t("web.words_mean")}</p>
          <Form
            yes={t("web.words_show")}
            others={
              <button type="button" class="button" onClick={closeDialog}>
                {t("web.later")}
              </button>
            }
            onDone={(data) => show(password || String(data.get("password")))}
          >
            {!password && <PasswordField label={t("terminal.first_password_of", { name: state.value?.profile?.name ?? "" })} />}
          </Form>
        </>
      )}
    </Dialog>
  );
}

function CheckForm({ places, onBack }: { places: readonly number[]; onBack: () => void }) {
  return (
    <Form
      yes={t("web.words_check")}
      others={
        <button type="button" class="button" onClick={onBack}>
          {t("web.words_again")}
        </button>
      }
      onDone={async (data) => {
        const words = Object.fromEntries(places.map((place) => [String(place), String(data.get(`word${place}`) ?? "").trim().toLowerCase()]));
        await call("web_words_confirm", { words });
        await readOwn();
        closeDialog();
        done(t("terminal.words_checked"));
      }}
    >
      <p>{t("web.words_question")}</p>
      {places.map((place) => (
        <Field key={place} label={t("web.word_place", { place: String(place) })}>
          {(id) => <input id={id} name={`word${place}`} class="input" {...UNKEPT} />}
        </Field>
      ))}
    </Form>
  );
}

/** Nothing keeps, completes, corrects or looks up what is typed here. */
export const UNKEPT = {
  autoComplete: "off", autoCapitalize: "none", autoCorrect: "off", spellcheck: false, translate: false,
  "data-1p-ignore": true, "data-lpignore": "true",
} as const; // prettier-ignore

/** A password, which can be looked at while it is typed. */
export function PasswordField({ label, note, name = "password", isNew, onInput }: { label: string; note?: string; name?: string; isNew?: boolean; onInput?: (value: string) => void }) {
  const [isShown, setShown] = useState(false);
  const given = (id: string) => ({
    id,
    name,
    class: "input",
    autoComplete: isNew ? "new-password" : "current-password",
    spellcheck: false,
    onInput: (event: { currentTarget: HTMLInputElement }) => onInput?.(event.currentTarget.value),
  });
  return (
    <Field label={label} note={note}>
      {(id) => (
        <span class="with-button">
          <input {...given(id)} type={isShown ? ("text" as "password") : "password"} />
          <button type="button" class="round" aria-pressed={isShown} aria-label={t("web.show_password")} title={t("web.show_password")} onClick={() => setShown(!isShown)}>
            <Icon name={isShown ? "eye-off" : "eye"} size={18} />
          </button>
        </span>
      )}
    </Field>
  );
}
