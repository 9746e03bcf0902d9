import { useEffect, useState } from 'preact/hooks';
import { api } from '../ui/account-session.ts';
import { Button } from '../ui/button.tsx';
import { formatNumber } from '../ui/i18n.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { saveFile } from '../ui/save-file.ts';
import { Skeleton } from '../ui/waiting.tsx';
import { Section } from './section.tsx';
import { t } from './texts.ts';

interface Used {
  readonly used: number;
  readonly quota: number | null;
}
type UsageView = Readonly<Record<'credentials' | 'ballots' | 'allocations', Used>> & { readonly month: string };

/** What the organisation has used this month, and how much it may. */
export function Usage() {
  const [usage, setUsage] = useState<UsageView>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    api.call<UsageView>({ method: 'GET', path: '/v1/usage' }).then(setUsage, (error: unknown) => {
      setProblem(refusalText(error));
    });
  }, []);
  async function save() {
    try {
      saveFile('usage.csv', 'text/csv', await api.call<string>({ method: 'GET', path: '/v1/usage.csv' }));
    } catch (error) {
      setProblem(refusalText(error));
    }
  }
  const row = (name: string, { used, quota }: Used) => (
    <tr>
      <th scope="row">{name}</th>
      <td class="figures">{formatNumber(used)}</td>
      <td class="figures">{quota === null ? t('usage.unlimited') : formatNumber(quota)}</td>
    </tr>
  );
  return (
    <Section title={t('usage.title')}>
      {problem !== '' && <p role="alert">{problem}</p>}
      {usage === undefined && problem === '' && <Skeleton />}
      {usage !== undefined && (
        <table class="table">
          <caption class="soft small">{t('usage.month', { month: usage.month })}</caption>
          <thead>
            <tr>
              <th scope="col">{t('usage.what')}</th>
              <th scope="col">{t('usage.used')}</th>
              <th scope="col">{t('usage.quota')}</th>
            </tr>
          </thead>
          <tbody>
            {row(t('usage.credentials'), usage.credentials)}
            {row(t('usage.ballots'), usage.ballots)}
            {row(t('usage.allocations'), usage.allocations)}
          </tbody>
        </table>
      )}
      <div class="row">
        <Button onClick={() => void save()}>{t('usage.csv')}</Button>
      </div>
    </Section>
  );
}
