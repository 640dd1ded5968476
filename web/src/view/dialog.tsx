// Windows over the page. The focus goes back where it was when one is closed.
import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { sentence } from "../net/errors";
import { t } from "../texts";
import { Icon } from "./icon";

const open = signal<readonly { readonly number: number; readonly draw: () => VNode }[]>([]);
let number = 0;

/** Show a window. */
export function showDialog(draw: () => VNode): void {
  number += 1;
  open.value = [...open.value, { number, draw }];
}

/** Close the window on top. */
export function closeDialog(): void {
  open.value = open.value.slice(0, -1);
}

/** Close all windows. */
export function closeDialogs(): void {
  open.value = [];
}

export const dialogIsOpen = (): boolean => open.value.length > 0;

/** The windows that are open, one over the other. */
export function Dialogs() {
  return (
    <>
      {open.value.map(({ number, draw }) => {
        const Window = draw;
        return <Window key={number} />;
      })}
    </>
  );
}

interface Given {
  readonly title: string;
  readonly children: ComponentChildren;
  /** Buttons below. */
  readonly foot?: ComponentChildren;
  readonly size?: "small" | "large";
  readonly onBack?: () => void;
  /** Whether there is nothing in it but to read: then the keyboard scrolls it. */
  readonly isRead?: boolean;
}

/** One window with its title. */
export function Dialog({ title, children, foot, size, onBack, isRead }: Given) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // A click beside the window closes it; Escape does the same by the keyboard.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <dialog
      ref={element}
      class={`dialog ${size ?? ""}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        closeDialog();
      }}
      onClick={(event) => {
        if (event.target === element.current) closeDialog();
      }}
    >
      <div class="dialog-in">
        <header class="dialog-head">
          {onBack && (
            <button type="button" class="round" aria-label={t("web.back")} onClick={onBack}>
              <Icon name="arrow-left" />
            </button>
          )}
          <h2 id={id}>{title}</h2>
          <button type="button" class="round" aria-label={t("web.close")} title={t("web.close")} onClick={closeDialog}>
            <Icon name="x" />
          </button>
        </header>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
        <div class="dialog-body" tabIndex={isRead ? 0 : undefined}>
          {children}
        </div>
        {foot && <footer class="dialog-foot">{foot}</footer>}
      </div>
    </dialog>
  );
}

interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly danger?: boolean;
  readonly children?: ComponentChildren;
}

/** Ask, and do something if the answer is yes. */
export function confirm(question: Question, what: () => void): void {
  showDialog(() => (
    <Dialog
      title={question.title}
      size="small"
      foot={
        <>
          <button type="button" class="button" onClick={closeDialog}>
            {t("web.cancel")}
          </button>
          <button
            type="button"
            class={`button ${question.danger ? "danger" : "main"}`}
            onClick={() => {
              closeDialog();
              what();
            }}
          >
            {question.yes}
          </button>
        </>
      }
    >
      <p>{question.text}</p>
      {question.children}
    </Dialog>
  ));
}

interface Asked {
  readonly title: string;
  readonly label: string;
  readonly note?: string;
  readonly yes: string;
  readonly value?: string;
  readonly max?: number;
}

/** Ask for a line, and do something with it. A sentence that is thrown is shown, and the window stays. Another window
 * is opened by a function that is given back: it is called when this one is closed. */
export function ask(asked: Asked, what: (line: string) => Promise<unknown>): void {
  showDialog(() => <AskWindow {...asked} what={what} />);
}

function AskWindow({ title, label, note, yes, value, max, what }: Asked & { what: (line: string) => Promise<unknown> }) {
  return (
    <Dialog title={title} size="small">
      <Form
        yes={yes}
        onDone={async (data) => {
          const next = await what(String(data.get("line") ?? "").trim());
          closeDialog();
          if (typeof next === "function") next();
        }}
      >
        <Field label={label} note={note}>
          {(id) => <input id={id} class="input" name="line" defaultValue={value} maxLength={max} autoComplete="off" dir="auto" />}
        </Field>
      </Form>
    </Dialog>
  );
}

interface FormGiven {
  readonly yes: string;
  readonly children: ComponentChildren;
  readonly onDone: (data: FormData) => Promise<unknown>;
  /** Buttons beside the main one. */
  readonly others?: ComponentChildren;
}

/** A form: what is wrong is shown above its button, and it cannot be sent twice. */
export function Form({ yes, children, onDone, others }: FormGiven) {
  const wrong = useSignal("");
  const isBusy = useSignal(false);
  return (
    <form
      class="form"
      noValidate
      onSubmit={async (event) => {
        event.preventDefault();
        if (isBusy.value) return;
        isBusy.value = true;
        wrong.value = "";
        try {
          await onDone(new FormData(event.currentTarget));
        } catch (error) {
          wrong.value = sentence(error);
        } finally {
          isBusy.value = false;
        }
      }}
    >
      {children}
      <div role="alert">
        {wrong.value && (
          <p class="wrong">
            <Icon name="circle-alert" />
            <span>{wrong.value}</span>
          </p>
        )}
      </div>
      <div class="buttons">
        {others}
        <button type="submit" class="button main" disabled={isBusy.value}>
          {isBusy.value ? t("terminal.first_working") : yes}
        </button>
      </div>
    </form>
  );
}

/** A label with what it belongs to, and a note below. */
export function Field({ label, note, children }: { label: string; note?: string; children: (id: string) => ComponentChildren }) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id)}
      {note && <p class="note">{note}</p>}
    </div>
  );
}
