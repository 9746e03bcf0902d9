import { t } from './texts.ts';

/** 'Firefox on Android' out of what browsers call themselves; the whole text where nothing is known of it. */
export function deviceName(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent)?.[1];
  const system = /(Android|iPhone|iPad|Windows|Mac OS X|Linux)/.exec(userAgent)?.[1];
  const known = { Edg: 'Edge', OPR: 'Opera' }[browser ?? ''] ?? browser;
  if (known === undefined) return userAgent === '' ? t('sessions.unnamed') : userAgent.slice(0, 60);
  return system === undefined ? known : t('sessions.on', { browser: known, system });
}
