/** Key of the hint that somebody may be signed in here: spares strangers a request that is refused. Says nothing about whose. */
export const SIGNED_IN = 'psephos.signed-in';

/**
 * What a page keeps on this device. Private windows and full disks refuse: the page then works without, so nothing here
 * throws.
 */
export function readStored(key: string): unknown {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** False where it could not be kept. */
export function writeStored(key: string, value: unknown): boolean {
  try {
    localStorage.setItem(key, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

export function forgetStored(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept then
  }
}

/** Every key that begins so. */
export function storedKeys(prefix: string): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

const TAB = 'psephos.tab.';

/** What this tab keeps until it is closed, over reloads and pages of other sites; null where nothing is kept. */
export function readInTab(name: string): string | null {
  try {
    return sessionStorage.getItem(TAB + name);
  } catch {
    return null; // refused in some private windows: then a reload begins anew
  }
}

export function writeInTab(name: string, text: string): void {
  try {
    sessionStorage.setItem(TAB + name, text);
  } catch {
    // as above
  }
}
