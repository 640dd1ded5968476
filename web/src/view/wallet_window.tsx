// The wallet: accounts and what they have, favourites, and what was sent from here.
import type { WalletAccountView } from "../contract";
import { call } from "../store/client";
import { attempt } from "../store/said";
import { t } from "../texts";
import { useAsked } from "./asked";
import { ask, confirm, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";
import { Care } from "./message_actions";
import { draftAndAsk } from "./signing_window";
import { showAccount } from "./wallet_account_window";
import { showAddAccount, showSend } from "./wallet_forms";

export function WalletWindow() {
  const [now] = useAsked(() => call("web_wallet", {}), ["wallet"]);
  const [money] = useAsked(() => call("web_wallet_money", {}), ["wallet"]);
  return (
    <Dialog
      title={t("wallet.title")}
      foot={
        <button type="button" class="button main" onClick={showAddAccount}>
          <Icon name="plus" size={18} />
          {t("wallet.add_title")}
        </button>
      }
    >
      {now && (
        <>
          {money?.problem && <Care text={money.problem} />}
          <ul class="accounts">
            {now.accounts.map((account) => (
              <li key={account.address}>
                <button type="button" class="account" onClick={() => showAccount(account.address)}>
                  <Swatch account={account} />
                  <span class="account-words">
                    <strong>
                      <bdi>{account.name}</bdi>
                    </strong>
                    <span class="key">{account.address}</span>
                    <span class="note">{account.detail}</span>
                  </span>
                  {!money?.problem && <span class="amount">{money?.ether[account.address] ?? "…"}</span>}
                </button>
              </li>
            ))}
          </ul>
          {!now.accounts.length && <p class="note">{t("wallet.empty")}</p>}
          <p class="note" role="status">
            {money ? money.standing : t("wallet.reading")}
          </p>
          <div class="buttons">
            <button type="button" class="button" onClick={() => showDialog(SentWindow)}>
              <Icon name="clock" size={18} />
              {t("wallet.sent_title")}
              {!!now.waiting && <span class="badge">{now.waiting}</span>}
            </button>
            <button type="button" class="button" onClick={() => showDialog(FavouritesWindow)}>
              {t("wallet.favourites")}
            </button>
          </div>
          <p class="note">{now.note}</p>
        </>
      )}
    </Dialog>
  );
}

/** The colour of an account. It says nothing by itself. */
export function Swatch({ account }: { account: WalletAccountView }) {
  return (
    <svg class="swatch" viewBox="0 0 10 10" aria-hidden="true">
      <circle cx="5" cy="5" r="5" fill={account.colour} />
    </svg>
  );
}

function SentWindow() {
  const [now, again] = useAsked(() => call("web_wallet_sent", {}), ["wallet"]);
  const replace = (transaction: string, cancel: boolean) => draftAndAsk(() => call("web_wallet_replace", { transaction, cancel }), again);
  return (
    <Dialog
      title={t("wallet.sent_title")}
      foot={
        <button type="button" class="button" onClick={() => void attempt(() => call("web_wallet_ask", {})).then(again)}>
          <Icon name="refresh-cw" size={18} />
          {t("web.ask_chain")}
        </button>
      }
    >
      {now && (
        <ul class="sent">
          {now.map((one) => (
            <li key={one.hash}>
              <p>{one.words}</p>
              <p class="note">
                {one.moment} · {one.text}
              </p>
              {one.waits && (
                <div class="buttons">
                  <button type="button" class="button" onClick={() => replace(one.hash, false)}>
                    {t("web.faster")}
                  </button>
                  <button type="button" class="button danger" onClick={() => replace(one.hash, true)}>
                    {t("web.take_back")}
                  </button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {now && !now.length && <p class="note">{t("wallet.sent_empty")}</p>}
    </Dialog>
  );
}

function FavouritesWindow() {
  const [now, again] = useAsked(() => call("web_wallet", {}), ["wallet"]);
  const payer = now?.accounts.find((account) => account.can_sign);
  const keep = () =>
    ask({ title: t("wallet.favourites"), label: t("wallet.ask_address"), yes: t("web.next") }, async (address) => () => {
      ask({ title: t("wallet.favourites"), label: t("wallet.ask_name"), yes: t("web.save") }, async (name) => {
        await call("wallet_save_favourite", { address, name });
        again();
      });
    });
  return (
    <Dialog
      title={t("wallet.favourites")}
      foot={
        <button type="button" class="button main" onClick={keep}>
          <Icon name="plus" size={18} />
          {t("web.keep_address")}
        </button>
      }
    >
      {now && (
        <ul class="sent">
          {now.favourites.map((one) => (
            <li key={one.address}>
              <p>
                <strong>
                  <bdi>{one.name}</bdi>
                </strong>
              </p>
              <p class="key">{one.address}</p>
              <div class="buttons">
                {payer && (
                  <button type="button" class="button" onClick={() => showSend(payer, [], one.address)}>
                    <Icon name="send" size={18} />
                    {t("wallet.send_title")}
                  </button>
                )}
                <button
                  type="button"
                  class="button"
                  onClick={() =>
                    confirm({ title: t("web.remove"), text: `${one.name} · ${one.address}`, yes: t("web.remove") }, () =>
                      void attempt(() => call("wallet_remove_favourite", { address: one.address })).then(again),
                    )
                  }
                >
                  {t("web.remove")}
                </button>
              </div>
            </li>
          ))}
        </ul>
      )}
      {now && !now.favourites.length && <p class="note">{t("wallet.favourites_empty")}</p>}
    </Dialog>
  );
}
