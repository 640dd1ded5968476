// What can be done with a message: the menu at it, and the keys while it has the focus.
import { signal } from "@preact/signals";
import type { MessageRow } from "../contract";
import { call } from "../store/client";
import { focusLine, write } from "../store/composing";
import { attempt, done } from "../store/said";
import { openChat } from "../store/timeline";
import { t } from "../texts";
import { confirm, Dialog, showDialog } from "./dialog";
import { Icon } from "./icon";
import { popDown, popUp, showMenu, walk } from "./menu";
import { REACTIONS } from "./message";

/** Answer a message. */
export function replyTo(row: MessageRow): void {
  const chat = openChat.value;
  if (!chat) return;
  write(chat, { reply: { id: row.id, author: row.author, text: row.said || row.plain || row.note, here: true } });
  focusLine();
}

/** The six reactions, beside a button. */
export function openReactions(beside: Element, row: MessageRow): void {
  popUp(beside, () => (
    <div role="menu" aria-label={t("web.react")} class="six" tabIndex={-1} onKeyDown={(event) => walk(event, "ArrowLeft", "ArrowRight")}>
      {REACTIONS.map(([reaction, emoji, name]) => {
        const isOwn = row.reactions.some((one) => one.reaction === reaction && one.own);
        return (
          <button
            key={reaction}
            type="button"
            role="menuitemcheckbox"
            aria-checked={isOwn}
            aria-label={t(name)}
            title={t(name)}
            onClick={() => {
              popDown();
              void attempt(() => call("reactions_toggle", { message: row.id, reaction }));
            }}
          >
            {emoji}
          </button>
        );
      })}
    </div>
  ));
}

/** Everything that can be done with a message. */
export function openMessageMenu(beside: Element, row: MessageRow): void {
  const can = new Set(row.can);
  showMenu(beside, t("web.message_tools"), [
    can.has("reply") && { label: t("web.reply"), icon: "reply", does: () => replyTo(row) },
    can.has("resend") && { label: t("web.resend"), icon: "refresh-cw", does: () => resend(row) },
    can.has("withdraw") && { label: t("web.withdraw"), icon: "x", does: () => withdraw(row) },
    can.has("copy") && { label: t("web.copy"), icon: "copy", does: () => copy(row.plain) },
    { label: t("web.explain"), icon: "info", does: () => explain(row) },
    row.reactions.length > 0 && { label: t("web.who_reacted"), icon: "face-slightly-smiling", does: () => showReactions(row) },
    { label: t("web.mark_unread"), icon: "inbox", does: () => markUnread(row) },
    can.has("delete") && { label: t("web.delete"), icon: "trash", danger: true, does: () => forget(row) },
  ]);
}

const resend = (row: MessageRow) => void attempt(() => call("client_resend", { message: row.id }));

/** Take a message back that has not left, and say where its text is. */
export const withdraw = (row: MessageRow) =>
  attempt(async () => {
    const isDraft = await call("web_withdraw", { message: row.id });
    done(isDraft ? t("terminal.withdrawn_draft") : t("terminal.withdrawn"));
  });

/** Copy a text. */
export function copy(text: string): void {
  void attempt(async () => {
    await navigator.clipboard.writeText(text);
    done(t("web.copied"));
  });
}

/** Where unread messages are counted from, for the list to go by. */
export const unreadFrom = signal<string | null>(null);

function markUnread(row: MessageRow): void {
  unreadFrom.value = row.id;
}

function forget(row: MessageRow): void {
  const waits = row.mark?.state === "sending";
  const text = waits ? t("terminal.forget_waiting_question", { withdraw: t("web.withdraw") }) : t("terminal.forget_question");
  confirm({ title: t("web.delete"), text, yes: t("web.delete"), danger: true }, () => {
    void attempt(() => call("conversations_delete_message", { message: row.id }));
  });
}

/** Say everything that is known of a message. */
export function explain(row: MessageRow): void {
  void attempt(async () => {
    const [said, raw] = await Promise.all([call("web_explain", { message: row.id }), call("web_raw", { message: row.id })]);
    showDialog(() => (
      <Dialog title={t("terminal.explain_title")}>
        <ul class="sentences">
          <li>{t("terminal.explain_author", { name: row.author.full })}</li>
          {said.sentences.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        {raw.text && (
          <details class="raw">
            <summary>{t("terminal.raw_title")}</summary>
            <pre class="code-block">{raw.text}</pre>
          </details>
        )}
        <p class="note key">{row.id}</p>
      </Dialog>
    ));
  });
}

function showReactions(row: MessageRow): void {
  void attempt(async () => {
    const found = await call("web_reactions", { message: row.id });
    showDialog(() => (
      <Dialog title={t("web.who_reacted")} size="small">
        <ul class="plain-list">
          {found.map(({ person, emoji }) => (
            <li key={`${person.key} ${emoji}`}>
              <span>{emoji}</span> <bdi>{person.label}</bdi>
            </li>
          ))}
        </ul>
      </Dialog>
    ));
  });
}

/** A key at a message that has the focus. Whether it means something. */
export function messageKey(event: KeyboardEvent, row: MessageRow): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const article = document.activeElement;
  if (!article) return false;
  const can = new Set(row.can);
  const { key } = event;
  if (key === "Enter" || key === "ContextMenu") openMessageMenu(article, row);
  else if (key === "r" && can.has("reply")) replyTo(row);
  else if ((key === "+" || key === "e") && can.has("react")) openReactions(article, row);
  else if (key === "i") explain(row);
  else if (key === "c" && can.has("copy")) copy(row.plain);
  else if (key === "s" && can.has("resend")) resend(row);
  else if (key === "w" && can.has("withdraw")) void withdraw(row);
  else if (key === "Delete" && can.has("delete")) forget(row);
  else return false;
  event.preventDefault();
  return true;
}

/** The icon and the words of something that is wrong, in a line. */
export function Care({ text }: { text: string }) {
  return (
    <p class="care">
      <Icon name="triangle-alert" />
      <span>{text}</span>
    </p>
  );
}
