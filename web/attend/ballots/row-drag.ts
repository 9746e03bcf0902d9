import type { TargetedPointerEvent } from 'preact';

/** A row of a list while it is held: which, where it would fall, and how far each row stands from its place. */
export interface RowDrag {
  readonly from: number;
  readonly to: number;
  /** pixels by which the row at this place is shifted */
  readonly offsetOf: (place: number) => number;
}

/** The list with one entry at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const others = list.filter((_, i) => i !== from);
  return [...others.slice(0, to), list[from] as T, ...others.slice(to)];
}

/**
 * Follows a pointer that took a row by its grip. Rows are only shifted while it lasts: an element that moves within the
 * page would lose its pointer. Arrow buttons do the same for whoever does not drag.
 */
export function startDrag(
  event: TargetedPointerEvent<HTMLElement>,
  from: number,
  show: (drag: RowDrag | undefined) => void,
  drop: (to: number) => void,
): void {
  const row = event.currentTarget.closest('li');
  const list = row?.parentElement;
  if (event.button !== 0 || row === null || list === null || list === undefined) return;
  event.preventDefault();
  const { pointerId, clientY: startY } = event;
  const boxes = [...list.children].map((child) => child.getBoundingClientRect());
  const own = boxes[from] as DOMRect;
  const step = boxes.length < 2 ? own.height : (boxes[1] as DOMRect).top - (boxes[0] as DOMRect).top;
  let to = from;

  const offsetOf = (dy: number) => (place: number) => {
    if (place === from) return dy;
    if (place > from && place <= to) return -step;
    return place < from && place >= to ? step : 0;
  };
  const move = (moving: PointerEvent) => {
    if (moving.pointerId !== pointerId) return;
    const dy = moving.clientY - startY;
    const middle = own.top + own.height / 2 + dy;
    // as many rows stand above it as have their middle above its own
    to = boxes.filter((box, place) => place !== from && box.top + box.height / 2 < middle).length;
    show({ from, to, offsetOf: offsetOf(dy) });
  };
  const end = (ending: PointerEvent) => {
    if (ending.pointerId !== pointerId) return;
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', end);
    removeEventListener('pointercancel', end);
    show(undefined);
    if (ending.type === 'pointerup' && to !== from) drop(to);
  };
  addEventListener('pointermove', move);
  addEventListener('pointerup', end);
  addEventListener('pointercancel', end);
}
