// The virtual list: which rows of many are in the page. It keeps the first visible row where it is when rows come
// before it, and stays at the end when it is there.
import { elementScroll, measureElement, observeElementOffset, observeElementRect, Virtualizer } from "@tanstack/virtual-core";
import { options } from "preact";
import { useLayoutEffect, useReducer, useRef } from "preact/hooks";

export type RowList = Virtualizer<HTMLElement, HTMLElement>;

interface Wanted {
  readonly count: number;
  readonly scroller: () => HTMLElement | null;
  readonly keyOf: (index: number) => string;
  readonly estimate: (index: number) => number;
  readonly atEnd?: boolean;
  readonly onChange?: (list: RowList) => void;
}

/** Rows beyond each edge of what is seen. */
const OVERSCAN = 8;
/** Pixels from the end within which the end is followed. */
const END = 60;

/** The list for a component: it is drawn anew when other rows are to be in the page. */
export function useRowList(wanted: Wanted): RowList {
  const [, redraw] = useReducer<number, void>((count) => count + 1, 0);
  const held = useRef<RowList | null>(null);
  const count = useRef(wanted.count);
  /** Other rows are about to be in the page, and its element is about to be moved: until then its place is an old one. */
  const isMoving = useRef(false);
  const given = {
    count: wanted.count,
    getScrollElement: wanted.scroller,
    getItemKey: wanted.keyOf,
    estimateSize: wanted.estimate,
    overscan: OVERSCAN,
    ...(wanted.atEnd ? { anchorTo: "end" as const, followOnAppend: true, scrollEndThreshold: END } : {}),
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    measureElement: (element: HTMLElement, entry: ResizeObserverEntry | undefined, list: RowList) => {
      if (!isMoving.current) look(list);
      return measureElement(element, entry, list);
    },
    onChange: (list: RowList, sync: boolean) => {
      if (sync) now(() => redraw());
      else redraw();
      wanted.onChange?.(list);
    },
  };
  held.current ??= new Virtualizer<HTMLElement, HTMLElement>(given);
  const list = held.current;
  // The first row in view keeps its place: what ends above it has another height than it was thought to have.
  list.shouldAdjustScrollPositionOnItemSizeChange = (item) => item.end <= (list.scrollOffset ?? 0);
  if (wanted.count !== count.current) {
    look(list);
    count.current = wanted.count;
    isMoving.current = true;
  }
  list.setOptions(given);
  useLayoutEffect(() => list._didMount(), [list]);
  useLayoutEffect(() => {
    list._willUpdate();
    isMoving.current = false;
  });
  return list;
}

/** Let the list know where its element is, as somebody may have scrolled since the last event that it was told of: what
 * it adds to a place that is none any more would be a jump. At the end what it has written may still wait for its room. */
function look(list: RowList): void {
  const element = list.scrollElement;
  if (!element || list.scrollOffset === null) return;
  const isAtEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - 1;
  if (!isAtEnd) list.scrollOffset = element.scrollTop;
}

/** Draw at once what `change` changes: rows that grew are moved in the same frame as what is seen of them. */
function now(change: () => void): void {
  const before = options.debounceRendering;
  options.debounceRendering = (draw) => draw();
  change();
  options.debounceRendering = before;
}
