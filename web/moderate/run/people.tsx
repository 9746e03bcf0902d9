import { formatAmount, formatNumber } from '../../ui/i18n.ts';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { t } from '../texts.ts';
import { Attendees } from './attendees.tsx';
import { Speakers } from './speakers.tsx';
import { WaitingRoom } from './waiting-room.tsx';

/** Who is here, in numbers by role. */
function Presence({ live }: { readonly live: LiveMeeting }) {
  const presence = live.presence.value;
  if (presence === undefined) return null;
  const row = (name: string, value: string) => (
    <div class="presence-row">
      <dt>{name}</dt>
      <dd class="figures">{value}</dd>
    </div>
  );
  return (
    <section class="stack" aria-labelledby="presence-title">
      <h2 id="presence-title">{t('presence.title')}</h2>
      <p class="presence-count figures">{t('presence.present', { count: presence.present })}</p>
      <dl class="presence">
        {row(t('presence.members'), formatNumber(presence.members))}
        {row(t('presence.guests'), formatNumber(presence.guests))}
        {row(t('presence.moderators'), formatNumber(presence.moderators))}
        {presence.auditors > 0 && row(t('presence.auditors'), formatNumber(presence.auditors))}
        {presence.represented > 0 && row(t('presence.represented'), formatNumber(presence.represented))}
        {row(t('presence.weight'), formatAmount(presence.weight))}
      </dl>
    </section>
  );
}

/** The people of a meeting: how many are here, who waits, who wants to speak, and everyone. */
export function People({ live }: { readonly live: LiveMeeting }) {
  return (
    <aside class="run-people stack" aria-label={t('people.label')}>
      <Presence live={live} />
      <WaitingRoom live={live} />
      <Speakers live={live} />
      <Attendees live={live} />
    </aside>
  );
}
