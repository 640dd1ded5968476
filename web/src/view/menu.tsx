// Menus and other small things that open beside what was pressed. They close by Escape, by a click beside them and when
// the focus leaves, and the focus goes back.
import { signal } from "@preact/signals";
import type { VNode } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../texts";
import { Icon, type IconName } from "./icon";

interface Opened {
  readonly number: number;
  readonly at: DOMRect;
  readonly back: HTMLElement | null;
  readonly draw: () => VNode;
}

const opened = signal<Opened | null>(null);
let number = 0;
/** Pixels between what was pressed and what opens, and from the edge of the window. */
const APART = 6;

/** Open something beside an element. */
export function popUp(beside: Element, draw: () => VNode): void {
  const active = document.activeElement;
  number += 1;
  opened.value = { number, at: beside.getBoundingClientRect(), back: active instanceof HTMLElement ? active : null, draw };
}

/** Close it, and give the focus back. */
export function popDown(): void {
  const back = opened.value?.back;
  opened.value = null;
  if (back?.isConnected) back.focus();
}

export const isPoppedUp = (): boolean => opened.value !== null;

/** What is open. */
export function PopUps() {
  const now = opened.value;
  return now && <PopUp key={now.number} {...now} />;
}

function PopUp({ at, draw: Content }: Opened) {
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const box = element.current;
    if (!box) return;
    const { width, height } = box.getBoundingClientRect();
    const left = Math.max(APART, Math.min(at.left, innerWidth - width - APART));
    const below = at.bottom + APART + height <= innerHeight;
    const top = below ? at.bottom + APART : Math.max(APART, at.top - APART - height);
    box.style.left = `${left}px`;
    box.style.top = `${top}px`;
    box.style.visibility = "visible";
    const first = box.querySelector<HTMLElement>("[data-first], input, button:not([disabled])");
    first?.focus({ preventScroll: true });
  }, [at]);
  // Before it is to be seen: whoever sees it can close it.
  useLayoutEffect(() => {
    const press = (event: Event) => {
      if (!element.current?.contains(event.target as Node)) popDown();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" && event.key !== "Tab") return;
      if (event.key === "Tab" && element.current?.querySelector("input")) return;
      event.preventDefault();
      event.stopPropagation();
      popDown();
    };
    addEventListener("pointerdown", press, true);
    addEventListener("keydown", key, true);
    addEventListener("resize", popDown);
    return () => {
      removeEventListener("pointerdown", press, true);
      removeEventListener("keydown", key, true);
      removeEventListener("resize", popDown);
    };
  }, []);
  return (
    <section ref={element} class="popup" aria-label={t("web.more")}>
      <Content />
    </section>
  );
}

export interface Item {
  readonly label: string;
  readonly icon: IconName;
  readonly danger?: boolean;
  readonly does: () => void;
}

/** Open a menu beside an element. */
export function showMenu(beside: Element, label: string, items: readonly (Item | false | null | undefined)[]): void {
  const shown = items.filter((one): one is Item => Boolean(one));
  popUp(beside, () => <Menu label={label} items={shown} />);
}

function Menu({ label, items }: { label: string; items: readonly Item[] }) {
  return (
    <div role="menu" aria-label={label} class="menu" tabIndex={-1} onKeyDown={(event) => walk(event, "ArrowUp", "ArrowDown")}>
      {items.map((item) => (
        <button
          key={item.label}
          type="button"
          role="menuitem"
          class={item.danger ? "danger" : ""}
          onClick={() => {
            popDown();
            item.does();
          }}
        >
          <Icon name={item.icon} size={18} />
          {item.label}
        </button>
      ))}
    </div>
  );
}

/** The arrow keys go from button to button, round and round. */
export function walk(event: KeyboardEvent & { currentTarget: HTMLElement }, back: string, forth: string): void {
  const step = event.key === forth ? 1 : event.key === back ? -1 : 0;
  const ends = event.key === "Home" ? 0 : event.key === "End" ? -1 : null;
  if (!step && ends === null) return;
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>("button:not([disabled])")];
  const place = buttons.indexOf(document.activeElement as HTMLElement);
  const next = ends === null ? (place + step + buttons.length) % buttons.length : ends;
  buttons.at(next)?.focus();
  event.preventDefault();
  event.stopPropagation();
}
