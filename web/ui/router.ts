import { signal } from '@preact/signals';

/** Where the page is: the part of the address behind the host. Pages draw by it. */
export const path = signal(location.pathname);

addEventListener('popstate', () => {
  path.value = location.pathname;
});

/** Another place of this app, without a reload. `replace`: 'back' then leads past the present one. */
export function navigate(to: string, { replace = false }: { readonly replace?: boolean } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', to);
  path.value = location.pathname;
  scrollTo(0, 0);
}

/** '/meeting/:id' and '/meeting/abc' -> {id: 'abc'}; undefined where they do not match. */
export function match(pattern: string, address: string): Readonly<Record<string, string>> | undefined {
  const wanted = pattern.split('/');
  const given = address.replace(/(?<=.)\/$/, '').split('/');
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return undefined;
  }
  return found;
}

/** For links of this app: a plain click moves without a reload, any other is the browser's own. */
export function followLink(event: MouseEvent): void {
  const link = event.currentTarget as HTMLAnchorElement;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(link.pathname + link.search);
}
