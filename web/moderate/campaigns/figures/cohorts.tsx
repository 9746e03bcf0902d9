import type { CampaignAnalyticsView } from '../../../../protocol/campaign-analytics.ts';
import { formatDay, formatNumber, formatShare } from '../../../ui/i18n.ts';
import { t } from '../texts.ts';

function dayName(day: string): string {
  return formatDay(day, { day: 'numeric', month: 'short', timeZone: 'UTC' });
}

/** Who joined in which week, and how many of them gave coins in each week from then on: a table whose cells are shaded. */
export function Cohorts({ cohorts }: { readonly cohorts: CampaignAnalyticsView['cohorts'] }) {
  if (cohorts.length === 0) return null;
  const width = Math.max(...cohorts.map(({ weeks }) => weeks.length));
  return (
    <section class="card stack analytics-wide" aria-labelledby="cohorts">
      <h2 id="cohorts">{t('cohorts.title')}</h2>
      <p class="soft">{t('cohorts.text')}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the window is scrolled by keys too */}
      <section class="rounds-scroll" tabIndex={0} aria-label={t('twin.asTable', { name: t('cohorts.title') })}>
        <table class="table figures cohorts">
          <thead>
            <tr>
              <th scope="col">{t('cohorts.week')}</th>
              <th scope="col">{t('cohorts.joined')}</th>
              <th scope="col">{t('cohorts.gave')}</th>
              {Array.from({ length: width }, (_, week) => (
                <th scope="col" key={week}>
                  {t('cohorts.after', { n: week + 1 })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cohorts.map(({ week: monday, joined, gave, weeks }) => (
              <tr key={monday}>
                <th scope="row">{dayName(monday)}</th>
                <td>{formatNumber(joined)}</td>
                <td>{formatNumber(gave)}</td>
                {Array.from({ length: width }, (_, week) => {
                  const active = weeks[week];
                  if (active === undefined) return <td key={week} />;
                  const share = joined === 0 ? 0 : Math.min(1, active / joined);
                  return (
                    <td key={week} class="cohort" style={{ '--share': `${Math.round(100 * share)}%` }}>
                      {formatShare(share)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
