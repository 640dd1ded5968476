// What will be signed, in words, and the password for this one signature.
import type { SigningQuestion } from "../contract";
import { call } from "../store/client";
import { attempt, done } from "../store/said";
import { t } from "../texts";
import { closeDialog, Dialog, Field, Form, showDialog } from "./dialog";
import { Care } from "./message_actions";

/** Ask whether what was drafted is to be signed, and send it if so. */
export function askToSign(question: SigningQuestion, onSent?: () => void): void {
  showDialog(() => <SigningWindow question={question} onSent={onSent} />);
}

/** The same about something that is drafted first; what is wrong with it is said. */
export const draftAndAsk = (drafting: () => Promise<SigningQuestion>, onSent?: () => void): void =>
  void attempt(async () => askToSign(await drafting(), onSent));

function SigningWindow({ question, onSent }: { question: SigningQuestion; onSent?: () => void }) {
  return (
    <Dialog title={t("wallet.ask_title")}>
      <Form
        yes={t("web.sign_and_send")}
        others={
          <button type="button" class="button" onClick={closeDialog}>
            {t("web.cancel")}
          </button>
        }
        onDone={async (data) => {
          const said = await call("web_wallet_sign", { draft: question.draft, password: String(data.get("password") ?? "") });
          closeDialog();
          done(said);
          onSent?.();
        }}
      >
        <p class="signed">
          <bdi>{question.what}</bdi>
        </p>
        <p>{question.cost}</p>
        {question.warnings.map((warning) => (
          <Care key={warning} text={warning} />
        ))}
        <p class="phrase">{question.phrase}</p>
        <Field label={t("wallet.ask_password")}>
          {(id) => <input id={id} class="input" type="password" name="password" autoComplete="current-password" />}
        </Field>
      </Form>
    </Dialog>
  );
}
