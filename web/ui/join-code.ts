/** 'K7QAZD' -> 'K7Q AZD': read aloud and typed in two breaths. */
export function codeInGroups(code: string): string {
  return (code.replaceAll('-', '').match(/.{1,3}/g) ?? []).join(' ');
}

/** What a scan or a tap leads to. */
export function joinAddress(code: string): string {
  return `${location.origin}/join/${code.replaceAll('-', '')}`;
}
