import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { usePaged } from '../../ui/paged.ts';
import { saveFile } from '../../ui/save-file.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';

interface Entry {
  readonly pos: number;
  readonly kind: string;
  readonly topic: string;
  readonly at: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

type Area = '' | 'meeting' | 'election' | 'member' | 'access';

function particulars(payload: Entry['payload']): string {
  return Object.entries(payload)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}

/** What became true in the organisation, newest first: for those who lead and those who audit. */
export function Log() {
  const [area, setArea] = useState<Area>('');
  const list = usePaged<Entry>('/v1/log', { limit: '200', kind: area === '' ? undefined : area });
  const asCsv = () => {
    const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const lines = (list.items ?? []).map(({ pos, at, kind, topic, payload }) =>
      [String(pos), at, kind, topic, particulars(payload)].map(cell).join(','),
    );
    saveFile('log.csv', 'text/csv', ['pos,at,kind,subject,particulars', ...lines].join('\r\n'));
  };
  return (
    <div class="stack console-wide">
      <h1>{t('log.title')}</h1>
      <p>{t('log.text')}</p>
      <div class="row fields-beside">
        <Select
          id="area"
          label={t('log.area')}
          value={area}
          options={[
            { value: '', text: t('log.all') },
            { value: 'meeting', text: t('log.meetings') },
            { value: 'election', text: t('log.elections') },
            { value: 'member', text: t('log.members') },
            { value: 'access', text: t('log.access') },
          ]}
          onChange={setArea}
        />
        <Button onClick={asCsv}>{t('log.csv')}</Button>
      </div>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton lines={6} />}
      {list.items?.length === 0 && <p class="soft">{t('log.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than the window is scrolled by keys too
        <section class="rounds-scroll" tabIndex={0} aria-label={t('log.title')}>
          <table class="table log-table">
            <thead>
              <tr>
                <th scope="col">{t('log.pos')}</th>
                <th scope="col">{t('log.at')}</th>
                <th scope="col">{t('log.kind')}</th>
                <th scope="col">{t('log.particulars')}</th>
              </tr>
            </thead>
            <tbody>
              {list.items.map(({ pos, at, kind, payload }) => (
                <tr key={pos}>
                  <th scope="row" class="figures">
                    {formatNumber(pos)}
                  </th>
                  <td>{formatMoment(at)}</td>
                  <td>{kind}</td>
                  <td class="small">{particulars(payload)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}
