// Forms of the wallet: sending, adding an account, its colour. No secret of them is stored or offered by the browser.
import { useSignal } from "@preact/signals";
import type { HoldingView, WalletAccountView } from "../contract";
import { call } from "../store/client";
import { attempt } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { closeDialog, confirm, Dialog, Field, Form, showDialog } from "./dialog";
import { askToSign } from "./signing_window";

const text = (data: FormData, name: string): string => String(data.get(name) ?? "").trim();

/** Send something of an account.
 * @param holdings what there is; none: ether. */
export function showSend(account: WalletAccountView, holdings: readonly HoldingView[], to = "", onSent?: () => void): void {
  showDialog(() => <SendWindow account={account} holdings={holdings} to={to} onSent={onSent} />);
}

function SendWindow({ account, holdings, to, onSent }: {
  account: WalletAccountView;
  holdings: readonly HoldingView[];
  to: string;
  onSent?: () => void;
}) {
  const [wallet] = useAsked(() => call("web_wallet", {}), ["wallet"]);
  const tokens = holdings.filter((one) => one.token && !one.collectible);
  const chosen = useSignal("");
  const symbol = tokens.find((one) => one.token === chosen.value)?.symbol ?? "ETH";
  return (
    <Dialog title={`${t("wallet.send_title")} · ${account.name}`} size="small">
      <Form
        yes={t("web.next")}
        onDone={async (data) => {
          const question = await call("web_wallet_draft", {
            account: account.address,
            to: text(data, "to"),
            amount: text(data, "amount"),
            token: chosen.value,
          });
          askToSign(question, () => {
            closeDialog();
            onSent?.();
          });
        }}
      >
        {tokens.length > 0 && (
          <Field label={t("wallet.send_what")}>
            {(id) => (
              <select
                id={id}
                class="input"
                onChange={(event) => {
                  chosen.value = event.currentTarget.value;
                }}
              >
                <option value="">ETH</option>
                {tokens.map((one) => (
                  <option key={one.token} value={one.token}>
                    {one.symbol} · {one.token}
                  </option>
                ))}
              </select>
            )}
          </Field>
        )}
        <Field label={t("wallet.send_to")}>
          {(id) => (
            <>
              <input id={id} class="input" name="to" defaultValue={to} list={`${id}-known`} autoComplete="off" spellcheck={false} dir="auto" />
              <datalist id={`${id}-known`}>
                {[...(wallet?.favourites ?? []), ...(wallet?.accounts ?? [])].map((one) => (
                  <option key={one.address} value={one.name}>
                    {one.address}
                  </option>
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label={t("wallet.send_amount", { symbol })}>
          {(id) => <input id={id} class="input" name="amount" inputMode="decimal" autoComplete="off" />}
        </Field>
      </Form>
    </Dialog>
  );
}

const KINDS = ["derived", "phrase", "key", "watched"] as const;
type Kind = (typeof KINDS)[number];

const KIND_TEXTS: Readonly<Record<Kind, () => string>> = {
  derived: () => t("wallet.add_derived"),
  phrase: () => t("wallet.add_phrase"),
  key: () => t("wallet.add_key"),
  watched: () => t("wallet.add_watched"),
};

const SECRETS: Readonly<Record<Exclude<Kind, "derived">, () => string>> = {
  phrase: () => t("wallet.ask_other_phrase"),
  key: () => t("wallet.ask_key"),
  watched: () => t("wallet.ask_address"),
};

export const showAddAccount = (): void => showDialog(AddAccountWindow);

function AddAccountWindow() {
  const kind = useSignal<Kind>("derived");
  const add = async (data: FormData): Promise<void> => {
    await call("web_wallet_add", {
      kind: kind.value,
      secret: text(data, "secret"),
      password: String(data.get("password") ?? ""),
      name: text(data, "name"),
      colour: text(data, "colour"),
    });
    closeDialog();
  };
  return (
    <Dialog title={t("wallet.add_title")}>
      <Form
        yes={t("web.add")}
        onDone={async (data) => {
          const doubt = kind.value === "phrase" ? await call("web_wallet_doubt", { phrase: text(data, "secret") }) : "";
          if (!doubt) return add(data);
          confirm({ title: t("wallet.add_title"), text: t("wallet.take_phrase", { doubt }), yes: t("web.add") }, () => void attempt(() => add(data)));
        }}
      >
        <fieldset class="kinds">
          <legend class="hidden">{t("wallet.add_title")}</legend>
          {KINDS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="kind"
                checked={kind.value === one}
                onChange={() => {
                  kind.value = one;
                }}
              />
              <span>{KIND_TEXTS[one]()}</span>
            </label>
          ))}
        </fieldset>
        {kind.value !== "derived" && (
          <Field key={kind.value} label={SECRETS[kind.value]()}>
            {(id) =>
              kind.value === "watched" ? (
                <input id={id} class="input" name="secret" autoComplete="off" spellcheck={false} />
              ) : (
                <input id={id} class="input" name="secret" type="password" autoComplete="off" spellcheck={false} />
              )
            }
          </Field>
        )}
        <Field label={t("wallet.ask_name")}>{(id) => <input id={id} class="input" name="name" autoComplete="off" dir="auto" />}</Field>
        <Field label={t("web.colour")}>{(id) => <input id={id} class="colour" name="colour" type="color" defaultValue="#4360df" />}</Field>
        {kind.value !== "watched" && (
          <Field label={t("wallet.ask_account_password")}>
            {(id) => <input id={id} class="input" name="password" type="password" autoComplete="current-password" />}
          </Field>
        )}
      </Form>
    </Dialog>
  );
}

/** Give an account another colour. */
export function showColour(account: WalletAccountView, onDone: () => void): void {
  showDialog(() => (
    <Dialog title={t("web.colour")} size="small">
      <Form
        yes={t("web.save")}
        onDone={async (data) => {
          await call("wallet_change", { account: account.address, colour: text(data, "colour") });
          closeDialog();
          onDone();
        }}
      >
        <Field label={t("web.colour")}>{(id) => <input id={id} class="colour" name="colour" type="color" defaultValue={account.colour} />}</Field>
      </Form>
    </Dialog>
  ));
}
