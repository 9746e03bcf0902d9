import { useState } from 'preact/hooks';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { formatMoment, formatNumber } from '../../ui/i18n.ts';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { usePaged } from '../../ui/paged.ts';
import { saveFile } from '../../ui/save-file.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { t } from '../texts.ts';
import type { Entry } from './entry.ts';
import { useNames } from './names.ts';
import { particularsOf, sentenceOf } from './sentences.ts';

const NO_ENTRIES: readonly Entry[] = [];

type Area = '' | 'meeting' | 'election' | 'member' | 'group' | 'proxy' | 'access';

/** What became true in the organisation, newest first: for those who lead and those who audit. */
export function Log() {
  const [area, setArea] = useKept<Area>('log.area', '');
  const list = usePaged<Entry>('/v1/log', { limit: '200', kind: area === '' ? undefined : area });
  const [raw, setRaw] = useState(false);
  useKeptScroll(list.items !== undefined);
  const names = useNames(list.items ?? NO_ENTRIES);
  const asCsv = () => {
    const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
    const lines = (list.items ?? []).map((entry) =>
      [String(entry.pos), entry.at, entry.kind, entry.topic, particularsOf(entry), sentenceOf(entry, names)]
        .map(cell)
        .join(','),
    );
    saveFile('log.csv', 'text/csv', ['pos,at,kind,subject,particulars,words', ...lines].join('\r\n'));
  };
  return (
    <div class="stack console-page">
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
            { value: 'group', text: t('log.groups') },
            { value: 'proxy', text: t('log.proxies') },
            { value: 'access', text: t('log.access') },
          ]}
          onChange={setArea}
        />
        <Button onClick={asCsv}>{t('log.csv')}</Button>
      </div>
      <label class="choice">
        <input type="checkbox" checked={raw} onChange={(event) => setRaw(event.currentTarget.checked)} />
        <span>{t('log.particulars')}</span>
      </label>
      {list.problem !== '' && <p role="alert">{list.problem}</p>}
      {list.items === undefined && list.problem === '' && <Skeleton lines={6} />}
      {list.items?.length === 0 && <p class="soft">{t('log.none')}</p>}
      {list.items !== undefined && list.items.length > 0 && (
        <ol class="plain-list card log-list">
          {list.items.map((entry) => (
            <li key={entry.pos} class="log-entry">
              <span>{sentenceOf(entry, names)}</span>
              <span class="soft small figures">
                {formatMoment(entry.at)} · {t('log.pos', { pos: formatNumber(entry.pos) })}
              </span>
              {raw && (
                <span class="soft small log-raw">
                  {[entry.kind, entry.topic, particularsOf(entry)].filter((text) => text !== '').join(' · ')}
                </span>
              )}
            </li>
          ))}
        </ol>
      )}
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </div>
  );
}
