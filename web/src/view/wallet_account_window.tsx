// One account of the wallet: what is there, what came and went, and what can be done with it.
import { useSignal } from "@preact/signals";
import type { AccountView, HoldingView, WalletAccountView } from "../contract";
import { call } from "../store/client";
import { attempt, done } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { ask, closeDialog, confirm, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";
import { KeyLine } from "./person_window";
import { showQr } from "./qr_window";
import { draftAndAsk } from "./signing_window";
import { showColour, showSend } from "./wallet_forms";

export const showAccount = (account: string): void => showDialog(() => <AccountWindow account={account} />);

function AccountWindow({ account }: { account: string }) {
  const [now, again] = useAsked(() => call("web_wallet_account", { account }), ["wallet"], account);
  return (
    <Dialog title={now?.account.name ?? t("wallet.title")}>
      {!now && (
        <p class="note" role="status">
          {t("wallet.reading")}
        </p>
      )}
      {now && (
        <>
          <KeyLine label={t("wallet.address_of", { account: now.account.name })} value={now.account.address} />
          <p class="note">{now.account.detail}</p>
          {now.problem && <Care text={now.problem} />}
          {now.silent.map((said) => (
            <p class="note" key={said}>
              {said}
            </p>
          ))}
          <Acts now={now} again={again} />
          <Holdings now={now} again={again} />
          <History now={now} again={again} />
        </>
      )}
    </Dialog>
  );
}

function Acts({ now, again }: { now: AccountView; again: () => void }) {
  const { account } = now;
  const rename = () =>
    ask({ title: t("wallet.title"), label: t("wallet.ask_name"), yes: t("web.save"), value: account.name }, async (name) => {
      await call("wallet_change", { account: account.address, name });
      again();
    });
  return (
    <div class="buttons">
      {account.can_sign && (
        <button type="button" class="button main" onClick={() => showSend(account, now.holdings, "", again)}>
          <Icon name="send" size={18} />
          {t("wallet.send_title")}
        </button>
      )}
      <button type="button" class="button" onClick={() => showQr(account.name, account.address, now.qr)}>
        <Icon name="qr-code" size={18} />
        {t("wallet.receive")}
      </button>
      <button type="button" class="button" onClick={rename}>
        {t("web.name_it")}
      </button>
      <button type="button" class="button" onClick={() => showColour(account, again)}>
        {t("web.colour")}
      </button>
      {!account.first && (
        <button type="button" class="button danger" onClick={() => askRemoval(account)}>
          {t("web.remove")}
        </button>
      )}
    </div>
  );
}

function askRemoval(account: WalletAccountView): void {
  void attempt(async () => {
    const text = await call("web_wallet_removal", { account: account.address });
    confirm({ title: t("web.remove"), text, yes: t("web.remove"), danger: true }, () => {
      void attempt(() => call("wallet_remove", { account: account.address })).then(closeDialog);
    });
  });
}

function Holdings({ now, again }: { now: AccountView; again: () => void }) {
  const { account } = now;
  const addToken = () =>
    ask({ title: t("web.add_token"), label: t("wallet.ask_token"), yes: t("web.add") }, async (address) => {
      done(await call("web_wallet_token", { address }));
      again();
    });
  const collectibles = () =>
    ask({ title: t("wallet.collectibles"), label: t("wallet.ask_collectible_contract"), yes: t("web.show") }, async (contract) => {
      const found = await call("web_wallet_collectibles", { account: account.address, contract });
      return () => showDialog(() => <CollectionWindow account={account} contract={contract} found={found} />);
    });
  return (
    <section class="part">
      <h3>{t("wallet.holdings")}</h3>
      <ul class="holdings">
        {now.holdings.map((one) => (
          <li key={one.token}>
            <Holding one={one} again={again} />
          </li>
        ))}
      </ul>
      <p class="note">{now.standing}</p>
      <div class="buttons">
        <button type="button" class="button" onClick={addToken}>
          {t("web.add_token")}
        </button>
        <button type="button" class="button" onClick={collectibles}>
          {t("wallet.collectibles")}
        </button>
      </div>
    </section>
  );
}

function Holding({ one, again }: { one: HoldingView; again: () => void }) {
  const remove = () =>
    confirm({ title: t("web.remove"), text: `${one.symbol} · ${one.token}`, yes: t("web.remove") }, () =>
      void attempt(() => call("web_wallet_token", { address: one.token, remove: true })).then(again),
    );
  return (
    <>
      <span class="account-words">
        <strong>
          {one.amount} <bdi>{one.symbol}</bdi>
        </strong>
        {one.token && (
          <span class="note">
            <bdi>{one.name}</bdi>
          </span>
        )}
        {one.token && <span class="key">{one.token}</span>}
      </span>
      {one.own && (
        <button type="button" class="round" aria-label={t("web.remove")} title={t("web.remove")} onClick={remove}>
          <Icon name="x" size={16} />
        </button>
      )}
    </>
  );
}

function CollectionWindow({ account, contract, found }: {
  account: WalletAccountView;
  contract: string;
  found: { readonly text: string; readonly listed: readonly { readonly number: string; readonly title: string }[] };
}) {
  const give = (number: string) =>
    ask({ title: t("wallet.send_title"), label: t("wallet.send_to"), yes: t("web.next") }, async (to) => () => {
      draftAndAsk(() => call("web_wallet_give", { account: account.address, contract, number, to }), closeDialog);
    });
  return (
    <Dialog title={t("wallet.collectibles")}>
      <p class="note">{found.text}</p>
      <ul class="holdings">
        {found.listed.map((one) => (
          <li key={one.number}>
            <span class="account-words">{one.title}</span>
            {account.can_sign && (
              <button type="button" class="button" onClick={() => give(one.number)}>
                {t("web.give_away")}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function History({ now, again }: { now: AccountView; again: () => void }) {
  const isSearching = useSignal(false);
  const search = async (older: boolean) => {
    isSearching.value = true;
    await attempt(() => call("web_wallet_search", { account: now.account.address, older }));
    isSearching.value = false;
    again();
  };
  return (
    <section class="part">
      <h3>{t("wallet.history")}</h3>
      <ul class="transfers">
        {now.transfers.map((one) => (
          <li key={one.id} class={one.sign === "+" ? "came" : ""}>
            <strong>
              {one.sign} <bdi>{one.title}</bdi>
            </strong>
            <span class="note">{one.moment}</span>
            <span class="key">{one.who}</span>
            {one.failed && <span class="note">{one.failed}</span>}
          </li>
        ))}
      </ul>
      {!now.transfers.length && <p class="note">{t("wallet.history_empty")}</p>}
      <div class="buttons">
        <button type="button" class="button" disabled={isSearching.value} onClick={() => void search(false)}>
          {isSearching.value ? t("wallet.reading") : t("web.search_chain")}
        </button>
        <button type="button" class="button" disabled={isSearching.value} onClick={() => void search(true)}>
          {t("web.search_older")}
        </button>
      </div>
    </section>
  );
}
