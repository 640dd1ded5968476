// The rows of the open chat: a virtual list that stays where somebody looks, fetches what is older and newer, and tells
// the server what was seen.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { ChatEntry, MessageRow, Row, TimelineView } from "../contract";
import { call } from "../store/client";
import { attempt, sayUnlessLost } from "../store/said";
import { goEnd, hold, more, wish } from "../store/timeline";
import { key, t } from "../texts";
import { Icon } from "./icon";
import { MessageView } from "./message";
import { messageKey, unreadFrom } from "./message_actions";
import { type RowList, useRowList } from "./virtual";

/** Rows from an edge at which the next page is asked for. */
const NEAR = 15;
/** Milliseconds after the last scrolling at which it rests. */
const RESTS = 200;
/** Pixels from the end within which somebody is at the end. */
const AT_END = 60;
/** Frames until a row that is scrolled to is in the page. */
const FRAMES = 3;
/** Milliseconds for which a message is marked that somebody went to. */
const MARKED = 2_500;

interface Given {
  readonly view: TimelineView;
  readonly entry: ChatEntry | undefined;
  readonly isShared: boolean;
}

export function MessageList({ view, entry, isShared }: Given) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useMemo(() => steady(view), [view.rows, view.has_older]);
  const [atEnd, setAtEnd] = useState(true);
  const [marked, setMarked] = useState<string | null>(null);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const seen = useRef(new Set<string>());
  const done = useRef(-1);
  const latest = useRef(view);
  latest.current = { ...view, rows };

  const list = useRowList({
    count: rows.length,
    scroller: () => scroller.current,
    keyOf: (index) => rows[index]?.key ?? String(index),
    estimate: (index) => estimated(rows[index]),
    atEnd: !view.has_newer,
    onChange: () => looked(),
  });
  const items = list.getVirtualItems();
  const unread = entry && entry.unread > 0 ? entry.unread_badge : "";

  function looked(): void {
    const { rows, has_newer } = latest.current;
    const range = list.range;
    if (!range || !rows.length || done.current < 0) return;
    if (range.startIndex < NEAR) more("older");
    if (range.endIndex > rows.length - NEAR) more("newer");
    setAtEnd(!has_newer && isAtEnd(scroller.current));
    restsSoon();
  }

  function rested(): void {
    const { chat, rows, has_newer } = latest.current;
    const inView = visible(list, scroller.current, rows);
    const [first] = inView;
    hold(!has_newer && isAtEnd(scroller.current) ? null : (first?.id ?? null));
    if (!document.hasFocus()) return;
    const fresh = inView.filter((row) => !row.own && !seen.current.has(row.id)).map((row) => row.id);
    if (!fresh.length) return;
    for (const id of fresh) seen.current.add(id);
    call("conversations_mark_seen", { chat, messages: fresh }).catch((error) => {
      for (const id of fresh) seen.current.delete(id);
      sayUnlessLost(error);
    });
  }

  // Somebody wants to see a row, or the end.
  const { key: wanted, turn, marks } = wish.value;
  useLayoutEffect(() => {
    if (done.current === turn) return;
    done.current = turn;
    const index = wanted === null ? -1 : rows.findIndex((row) => row.key === wanted);
    if (index >= 0) list.scrollToIndex(index, { align: marks ? "center" : "start" });
    else list.scrollToEnd();
    if (!marks) return;
    setMarked(wanted);
    setTimeout(() => setMarked(null), MARKED);
    setTimeout(() => focusRow(scroller.current, wanted), RESTS);
  }, [turn, wanted, marks, rows, list]);

  function restsSoon(): void {
    clearTimeout(rest.current);
    rest.current = setTimeout(rested, RESTS);
  }

  // Other rows may be in view without any scrolling. Who comes back to the window has seen what is in view.
  useEffect(restsSoon, [rows]);
  useEffect(() => {
    addEventListener("focus", restsSoon);
    return () => {
      removeEventListener("focus", restsSoon);
      clearTimeout(rest.current);
    };
  }, []);

  useEffect(() => {
    const from = unreadFrom.value;
    if (from === null) return;
    unreadFrom.value = null;
    const { chat } = view;
    const place = rows.findIndex((row) => row.kind === "message" && row.id === from);
    const behind = rows.slice(Math.max(0, place)).filter((row) => row.kind === "message" && !row.own).length;
    seen.current.clear();
    void attempt(() => call("conversations_mark_unread", { chat, messages: Math.max(1, behind) }));
  }, [unreadFrom.value]);

  return (
    <div class="list-frame">
      {/* The list is a part of the page that the keyboard scrolls and walks through. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <section ref={scroller} class="list" aria-label={t("web.messages")} tabIndex={0} onKeyDown={(event) => walk(event, list, rows)}>
        <ol class="rows" style={{ height: `${list.getTotalSize()}px` }}>
          {items.map((item) => {
            const row = rows[item.index];
            return (
              row && (
                <li
                  key={item.key}
                  ref={list.measureElement}
                  data-index={item.index}
                  data-key={row.key}
                  aria-setsize={-1}
                  aria-posinset={item.index + 1}
                  class="row"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <RowView row={row} isShared={isShared} isMarked={row.key === marked} chat={view.chat} />
                </li>
              )
            );
          })}
        </ol>
      </section>
      {!atEnd && (
        <button type="button" class="to-end" aria-label={[t("web.to_end"), unread].filter(Boolean).join(", ")} title={t("web.to_end")} onClick={() => attempt(goEnd)}>
          <Icon name="arrow-down" />
          {unread && <span class="badge">{unread}</span>}
        </button>
      )}
    </div>
  );
}

function RowView({ row, isShared, isMarked, chat }: { row: Row; isShared: boolean; isMarked: boolean; chat: string }) {
  switch (row.kind) {
    case "message":
      return <MessageView row={row} isShared={isShared} isMarked={isMarked} />;
    case "day":
      return (
        <p class="day">
          <time dateTime={row.date}>{row.text}</time>
        </p>
      );
    case "new":
      return (
        <p class="new-line">
          <span>{row.text}</span>
        </p>
      );
    case "gap":
      return (
        <p class="gap">
          <span>{row.text}</span>
          <button type="button" class="button" disabled={row.fetching} onClick={() => attempt(() => call("web_fetch_gap", { lower: row.lower }))}>
            {row.fetching ? t("web.fetching") : t("web.fetch")}
          </button>
        </p>
      );
    default:
      return <Beginning text={row.text} canAsk={row.can_ask} chat={chat} />;
  }
}

const SPANS = [
  [1, key("web.fetch_day")], [7, key("web.fetch_week")], [30, key("web.fetch_month")],
] as const; // prettier-ignore

function Beginning({ text, canAsk, chat }: { text: string; canAsk: boolean; chat: string }) {
  const [isBusy, setBusy] = useState(false);
  const fetch = async (days: number) => {
    setBusy(true);
    await attempt(() => call("web_fetch", { days }));
    setBusy(false);
  };
  return (
    <div class="beginning" key={chat}>
      <p>{text}</p>
      {canAsk && (
        <>
          <p class="note">{t("web.older_can_be_asked")}</p>
          <p class="buttons">
            {SPANS.map(([days, name]) => (
              <button key={days} type="button" class="button" disabled={isBusy} onClick={() => fetch(days)}>
                {t(name)}
              </button>
            ))}
          </p>
        </>
      )}
    </div>
  );
}

/** The rows without a day line at a beginning that is none: it goes up with every page, and what somebody looks at is
 * never to be held by it. */
function steady({ rows, has_older }: TimelineView): readonly Row[] {
  return has_older && rows[0]?.kind === "day" ? rows.slice(1) : rows;
}

const LINE = 21;
const LINE_LENGTH = 60;

/** About how high a row is before it was measured. */
function estimated(row: Row | undefined): number {
  if (row?.kind !== "message") return 44;
  const lines = row.plain.split("\n").reduce((sum, line) => sum + 1 + Math.floor(line.length / LINE_LENGTH), 0);
  const extra = (row.reply ? 46 : 0) + (row.reactions.length ? 30 : 0) + (row.media?.kind === "image" ? Math.min(360, row.media.height) : 0);
  return 30 + (row.group ? 14 : 2) + Math.min(lines, 20) * LINE + extra;
}

const isAtEnd = (element: HTMLElement | null): boolean =>
  !element || element.scrollHeight - element.scrollTop - element.clientHeight <= AT_END;

/** The messages of which the end is in view. */
function visible(list: RowList, element: HTMLElement | null, rows: readonly Row[]): MessageRow[] {
  if (!element) return [];
  const top = element.scrollTop;
  const bottom = top + element.clientHeight;
  const found: MessageRow[] = [];
  for (const item of list.getVirtualItems()) {
    const row = rows[item.index];
    if (row?.kind === "message" && item.end > top + 8 && item.start < bottom) found.push(row);
  }
  return found;
}

function focusRow(element: HTMLElement | null, key: string | null): boolean {
  const found = [...(element?.querySelectorAll<HTMLElement>("li[data-key]") ?? [])].find((one) => one.dataset.key === key);
  const article = found?.querySelector<HTMLElement>("article");
  article?.focus({ preventScroll: true });
  return Boolean(article);
}

/** The arrow keys go from message to message; at one that has the focus, letters do something. */
function walk(event: KeyboardEvent, list: RowList, rows: readonly Row[]): void {
  const article = (document.activeElement as HTMLElement | null)?.closest<HTMLElement>("article[data-message]");
  const place = article ? rows.findIndex((row) => row.kind === "message" && row.id === article.dataset.message) : -1;
  const row = rows[place];
  if (row?.kind === "message" && document.activeElement === article && messageKey(event, row)) return;
  if (event.target instanceof HTMLButtonElement && event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1 };
  const step = steps[event.key];
  if (!step) return;
  event.preventDefault();
  const inView = place >= 0 ? place : (list.range?.endIndex ?? rows.length - 1) + (step < 0 ? 1 : 0);
  for (let next = inView + step; next >= 0 && next < rows.length; next += step) {
    const other = rows[next];
    if (other?.kind !== "message") continue;
    list.scrollToIndex(next, { align: "auto" });
    const focus = (tries: number): void => {
      if (!focusRow(list.scrollElement, other.key) && tries) requestAnimationFrame(() => focus(tries - 1));
    };
    focus(FRAMES);
    return;
  }
}
