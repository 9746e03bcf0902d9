import { formatNumber } from '../ui/i18n.ts';
import { codeInGroups, joinAddress } from '../ui/join-code.ts';
import type { LiveMeeting } from '../ui/live-meeting.ts';
import { qrPath } from '../ui/qr.ts';
import { QrCode } from '../ui/qr-code.tsx';
import { t } from './texts.ts';

/** Before the first vote: how to join, as large as the screen. */
export function JoinPanel({ live }: { readonly live: LiveMeeting }) {
  const present = live.presence.value?.present;
  const code = live.meeting.value?.join_code ?? '';
  return (
    <div class="join-panel">
      <QrCode path={qrPath(joinAddress(code))} label={t('join.qr', { address: joinAddress(code) })} />
      <div class="join-words">
        <h1>{t('join.how')}</h1>
        <p>{t('join.scan', { address: location.host })}</p>
        <p class="join-code figures">
          <span class="unseen">{t('join.code')} </span>
          {codeInGroups(code)}
        </p>
        {present !== undefined && <p class="join-present figures">{t('present.count', { count: present })}</p>}
        <p class="soft">{t('wait.soon')}</p>
      </div>
    </div>
  );
}

/** The way in for whoever comes late, at the foot of the screen. */
export function JoinCode({ live }: { readonly live: LiveMeeting }) {
  const present = live.presence.value?.present;
  const code = live.meeting.value?.join_code ?? '';
  return (
    <>
      <QrCode path={qrPath(joinAddress(code))} label={t('join.qr', { address: joinAddress(code) })} />
      <span class="foot-code">
        <span>{location.host}</span>
        <strong class="figures">{codeInGroups(code)}</strong>
      </span>
      {present !== undefined && (
        <span class="foot-present figures" title={formatNumber(present)}>
          {t('present.count', { count: present })}
        </span>
      )}
    </>
  );
}
