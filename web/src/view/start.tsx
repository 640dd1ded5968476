// Before a profile is open: which one, its password, a new account, recovered words, and the network to be in.
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { ServerState, StoredProfile } from "../contract";
import { link } from "../net/connection";
import { CallError } from "../net/errors";
import { call, state } from "../store/client";
import { forgetAll } from "../store/composing";
import { say, sayUnlessLost } from "../store/said";
import { t } from "../texts";
import { Pattern } from "./avatar";
import { Field, Form } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";
import { NetworkChoice } from "./network_choice";
import { justMade, PasswordField, UNKEPT } from "./words_window";
import { showWords } from "./windows";

type Step = { readonly at: "choose" } | { readonly at: "unlock"; readonly profile: StoredProfile } | { readonly at: "new" } | { readonly at: "recover" };
const step = signal<Step>({ at: "choose" });
/** Whether somebody has tried to open a profile in this window: then its form stays, and says what was wrong. */
const hasTried = signal(false);

/** The page before a profile is open. */
export function Start() {
  const now = state.value;
  const [profiles, setProfiles] = useState<readonly StoredProfile[] | null>(null);
  useEffect(() => {
    forgetAll();
    hasTried.value = false;
    call("web_profiles", {}).then((found) => {
      setProfiles(found);
      const chosen = found.find((one) => one.chosen) ?? (found.length === 1 ? found[0] : undefined);
      step.value = chosen ? { at: "unlock", profile: chosen } : { at: "choose" };
    }, sayUnlessLost);
  }, [link.value === "ready"]);
  if ((now?.state === "opening" && !hasTried.value) || !profiles) {
    return (
      <Frame title={t("web.opening")}>
        <p class="note" role="status">
          {t("terminal.first_working")}
        </p>
      </Frame>
    );
  }
  const at = step.value;
  const back = profiles.length > 0 || at.at !== "choose" ? () => {
    step.value = { at: "choose" };
  } : undefined; // prettier-ignore
  switch (at.at) {
    case "unlock":
      return <Unlock key={at.profile.id} profile={at.profile} back={back} problem={now?.problem ?? ""} />;
    case "new":
      return <Create back={back} />;
    case "recover":
      return <Recover back={back} />;
    default:
      return <Choose profiles={profiles} problem={now?.problem ?? ""} />;
  }
}

/** A card in the middle of the page. */
export function Frame({ title, back, children }: { title: string; back?: (() => void) | undefined; children: preact.ComponentChildren }) {
  return (
    <main class="start">
      <div class="start-card">
        <header class="start-head">
          {back ? (
            <button type="button" class="round" aria-label={t("web.back")} onClick={back}>
              <Icon name="arrow-left" />
            </button>
          ) : (
            <img src="/icon.svg" alt="" width="40" height="40" />
          )}
          <h1>{title}</h1>
        </header>
        {children}
      </div>
    </main>
  );
}

function Problem({ text }: { text: string }) {
  return text && !hasTried.value ? <Care text={text} /> : null;
}

function Choose({ profiles, problem }: { profiles: readonly StoredProfile[]; problem: string }) {
  const isMissing = state.value?.network.known === false; // then that is what is wanted first
  return (
    <Frame title={t("terminal.first_title")}>
      <Problem text={problem} />
      <p class="note">{t("terminal.first_account")}</p>
      {isMissing && <NetworkChoice />}
      <div class="choices">
        {profiles.map((profile) => (
          <button
            key={profile.id}
            type="button"
            class="choice"
            onClick={() => {
              step.value = { at: "unlock", profile };
            }}
          >
            <span class="avatar size40">
              <Pattern of={profile.identicon} size={40} />
            </span>
            <span>
              <strong>
                <bdi>{profile.name}</bdi>
              </strong>
              {profile.alias !== profile.name && <span class="note">{profile.alias}</span>}
            </span>
          </button>
        ))}
        <button
          type="button"
          class="choice"
          onClick={() => {
            step.value = { at: "new" };
          }}
        >
          <span class="choice-icon">
            <Icon name="user-plus" />
          </span>
          <span>
            <strong>{t("terminal.first_new")}</strong>
            <span class="note">{t("web.new_account_note")}</span>
          </span>
        </button>
        <button
          type="button"
          class="choice"
          onClick={() => {
            step.value = { at: "recover" };
          }}
        >
          <span class="choice-icon">
            <Icon name="key-round" />
          </span>
          <span>
            <strong>{t("web.recover")}</strong>
            <span class="note">{t("web.recover_note")}</span>
          </span>
        </button>
      </div>
      {!isMissing && <NetworkChoice />}
    </Frame>
  );
}

function Unlock({ profile, back, problem }: { profile: StoredProfile; back: (() => void) | undefined; problem: string }) {
  return (
    <Frame title={t("terminal.first_open", { name: profile.name })} back={back}>
      <Problem text={problem} />
      <p class="who">
        <span class="avatar size40">
          <Pattern of={profile.identicon} size={40} />
        </span>
        <span>
          <bdi>{profile.name}</bdi>
          {profile.alias !== profile.name && <span class="note">{profile.alias}</span>}
        </span>
      </p>
      <Form
        yes={t("web.unlock")}
        onDone={async (data) => {
          hasTried.value = true;
          const password = profile.served ? undefined : String(data.get("password"));
          opened(await call("web_unlock", { profile: profile.id, password }));
        }}
      >
        <input hidden type="text" autoComplete="username" value={profile.name} readOnly />
        {profile.served ? <p class="note">{t("web.served")}</p> : <PasswordField label={t("web.password")} />}
      </Form>
      <NetworkChoice />
    </Frame>
  );
}

function opened(now: ServerState): void {
  state.value = { ...now };
}

function Create({ back }: { back: (() => void) | undefined }) {
  const [candidates, setCandidates] = useState<readonly { number: number; person: { name: string; identicon: StoredProfile["identicon"] } }[]>([]);
  useEffect(() => {
    call("web_candidates", {}).then(setCandidates, say);
  }, []);
  return (
    <Frame title={t("terminal.first_new")} back={back}>
      <Form
        yes={t("web.create")}
        onDone={async (data) => {
          const password = newPassword(data);
          hasTried.value = true;
          // Who is quicker than the names are made gets any of them.
          const candidate = data.has("candidate") ? Number(data.get("candidate")) : undefined;
          const now = await call("web_create", { name: String(data.get("name")).trim(), password, candidate });
          justMade(password);
          opened(now);
          showWords();
        }}
      >
        {candidates.length > 0 && (
          <fieldset class="candidates">
            <legend>{t("web.choose_name")}</legend>
            {candidates.map(({ number, person }) => (
              <label key={number} class="pick">
                <input type="radio" name="candidate" value={number} defaultChecked={number === 0} />
                <span class="avatar size36">
                  <Pattern of={person.identicon} size={36} />
                </span>
                <span>{person.name}</span>
              </label>
            ))}
          </fieldset>
        )}
        <AccountFields />
      </Form>
    </Frame>
  );
}

/** What an account is called here, and its password. */
function AccountFields() {
  const [strength, setStrength] = useState("");
  return (
    <>
      <Field label={t("web.profile_name")} note={t("web.profile_name_note")}>
        {(id) => <input id={id} name="name" class="input" autoComplete="off" dir="auto" />}
      </Field>
      <PasswordField
        label={t("web.password")}
        note={strength || t("web.password_note")}
        isNew
        onInput={(password) => {
          if (!password) setStrength("");
          else call("web_password", { password }).then(({ text }) => setStrength(text), say);
        }}
      />
      <PasswordField label={t("terminal.first_password_twice")} name="again" isNew />
    </>
  );
}

function newPassword(data: FormData): string {
  const password = String(data.get("password"));
  if (password !== String(data.get("again"))) throw new Error(t("terminal.first_again"));
  return password;
}

function Recover({ back }: { back: (() => void) | undefined }) {
  const [words, setWords] = useState("");
  const [said, setSaid] = useState<{ problem: string; doubt: string; suggestions: readonly string[] }>({ problem: "", doubt: "", suggestions: [] });
  const typed = (text: string) => {
    setWords(text);
    const [last = ""] = text.split(/\s+/).slice(-1);
    const isBegun = last.length > 0;
    Promise.all([call("web_phrase", { words: text }), isBegun ? call("web_word", { beginning: last.toLowerCase() }) : []]).then(
      ([phrase, begun]) => setSaid({ ...phrase, problem: isBegun && begun.length ? "" : phrase.problem, suggestions: isBegun ? begun : [] }),
      say,
    );
  };
  const take = (word: string) => typed(`${words.replace(/\S+$/, "")}${word} `);
  return (
    <Frame title={t("web.recover")} back={back}>
      <Form
        yes={t("web.recover")}
        onDone={async (data) => {
          hasTried.value = true;
          const given = { words, name: String(data.get("name")).trim(), password: newPassword(data) };
          try {
            opened(await call("web_recover", { ...given, sure: data.get("sure") === "on" }));
          } catch (error) {
            if (error instanceof CallError && error.kind === "Doubtful") setSaid({ ...said, doubt: error.message });
            throw error;
          }
        }}
      >
        <Field label={t("terminal.words_title")} note={t("terminal.first_recover_question")}>
          {(id) => (
            <textarea id={id} class="input" rows={3} value={words} dir="ltr" {...UNKEPT} onInput={(event) => typed(event.currentTarget.value)} />
          )}
        </Field>
        <div class="suggestions">
          {said.suggestions.slice(0, 6).map((word) => (
            <button key={word} type="button" class="button" onClick={() => take(word)}>
              {word}
            </button>
          ))}
        </div>
        <div role="status">{words.trim() && said.problem && <p class="note">{said.problem}</p>}</div>
        {said.doubt && (
          <label class="switch">
            <span>{said.doubt}</span>
            <input type="checkbox" name="sure" />
            <span class="hidden">{t("web.sure")}</span>
          </label>
        )}
        <AccountFields />
      </Form>
    </Frame>
  );
}
