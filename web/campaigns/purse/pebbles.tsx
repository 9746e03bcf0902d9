import { Pebble } from '../../ui/shell.tsx';

/** More are not counted at a glance: from here on one stands for several. */
const PEBBLES_MAX = 12;

/** The coins that are left of those that could be given, as pebbles: full ones are left. A picture beside the number. */
export function Pebbles({ left, of }: { readonly left: number; readonly of: number }) {
  const shown = Math.min(PEBBLES_MAX, of);
  const full = of === 0 ? 0 : Math.ceil((left / of) * shown);
  return (
    <span class="pebbles" aria-hidden="true">
      {Array.from({ length: shown }, (_, i) => (
        <span key={i} class={i < full ? 'pebble-left' : 'pebble-given'}>
          <Pebble />
        </span>
      ))}
    </span>
  );
}
