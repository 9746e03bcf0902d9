import { useEffect, useState } from 'preact/hooks';
import type { z } from 'zod';
import type { ElectionView } from '../../../protocol/elections.ts';
import type { paperBatchView, paperView } from '../../../protocol/paper.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { optionTitle } from '../../ui/election-words.ts';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import { letterOf } from '../../ui/options.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { countOfLines, countOfSums, countsBySums, type PaperCount, type Sums } from './paper-count.ts';
import { useRight } from './right.ts';

type Paper = z.infer<typeof paperView>;
type Batch = z.infer<typeof paperBatchView>;

const NO_SUMS: Sums = { ballots: '', options: {}, blank: '0', abstained: '0' };

/** One count of one heap: sums where they are enough, else lines of alike ballots. */
function CountForm(props: {
  readonly id: string;
  readonly election: ElectionView;
  readonly act: string;
  readonly onCount: (count: PaperCount) => Promise<unknown>;
}) {
  const { id, election, act, onCount } = props;
  const [sums, setSums] = useState<Sums>(NO_SUMS);
  const [lines, setLines] = useState('');
  const form = useSubmission(`${id}-send`);
  const bySums = countsBySums(election);
  const send = () => {
    const count = bySums ? countOfSums(election, sums) : countOfLines(election, lines);
    if (count === undefined) {
      return form.submit([{ field: `${id}-ballots`, text: t('paper.numbers') }], async () => {});
    }
    if ('wrongLine' in count) {
      const text = t('paper.wrongLine', { line: count.wrongLine });
      return form.submit([{ field: `${id}-lines`, text }], async () => {});
    }
    return form.submit([], () => onCount(count));
  };
  const number = (field: string, label: string, value: string, onInput: (value: string) => void) => (
    <Field id={`${id}-${field}`} label={label} inputMode="numeric" value={value} onInput={onInput} />
  );
  return (
    <div class="stack">
      <ErrorSummary errors={form.errors} />
      {bySums ? (
        <div class="paper-fields">
          {number('ballots', t('paper.ballots'), sums.ballots, (ballots) => setSums({ ...sums, ballots }))}
          {election.options.map(({ id: option }) =>
            number(`option-${option}`, optionTitle(election, option), sums.options[option] ?? '', (value) =>
              setSums({ ...sums, options: { ...sums.options, [option]: value } }),
            ),
          )}
          {number('blank', t('paper.blank'), sums.blank, (blank) => setSums({ ...sums, blank }))}
          {election.method.method === 'motion' &&
            number('abstained', t('paper.abstained'), sums.abstained, (abstained) => setSums({ ...sums, abstained }))}
        </div>
      ) : (
        <>
          <p class="soft small">
            {election.options.map(({ id: option }, i) => `${letterOf(i)} ${optionTitle(election, option)}`).join(' · ')}
          </p>
          <Field
            id={`${id}-lines`}
            label={t('paper.lines')}
            hint={t('paper.linesHint')}
            value={lines}
            onInput={setLines}
            lines={6}
          />
        </>
      )}
      <div class="row">
        <Button id={`${id}-send`} busy={form.busy} onClick={() => void send()}>
          {act}
        </Button>
      </div>
    </div>
  );
}

function BatchRow(props: {
  readonly election: ElectionView;
  readonly batch: Batch;
  readonly onChanged: () => Promise<void>;
}) {
  const { election, batch, onChanged } = props;
  const base = `/v1/elections/${election.election_id}/paper-batches/${batch.batch_id}`;
  const { http } = useRight();
  const form = useSubmission(`batch-${batch.batch_id}`);
  const confirm = async (count: PaperCount) => {
    await http.call({ method: 'POST', path: `${base}/confirm`, body: { count } });
    toast(t('paper.confirmed'));
    await onChanged();
  };
  const remove = () =>
    form.submit([], async () => {
      await http.call({ method: 'DELETE', path: base });
      await onChanged();
    });
  return (
    <li class="card stack" id={`batch-${batch.batch_id}`} tabIndex={-1}>
      <p>
        <strong>{batch.label}</strong> · {t('paper.count', { count: batch.ballots })} ·{' '}
        {batch.state === 'confirmed' ? t('paper.agreed') : t('paper.second')}
      </p>
      {batch.mismatches > 0 && batch.state === 'entered' && <p role="alert">{t('paper.mismatch')}</p>}
      <ErrorSummary errors={form.errors} />
      {batch.state === 'entered' && batch.own && (
        <>
          <p class="soft">{t('paper.own')}</p>
          <div class="row">
            <Button kind="quiet" busy={form.busy} onClick={() => void remove()}>
              {t('paper.withdraw')}
            </Button>
          </div>
        </>
      )}
      {batch.state === 'entered' && !batch.own && (
        <CountForm
          id={`confirm-${batch.batch_id}`}
          election={election}
          act={t('paper.enterSecond')}
          onCount={confirm}
        />
      )}
    </li>
  );
}

/** Ballots on paper: declared, counted by two people who do not see each other's figures, and kept apart. */
export function PaperPanel({ election }: { readonly election: ElectionView }) {
  const [open, setOpen] = useState(false);
  const [paper, setPaper] = useState<Paper>();
  const [declared, setDeclared] = useState('');
  const [label, setLabel] = useState('');
  const { http } = useRight();
  const form = useSubmission('paper');
  const base = `/v1/elections/${election.election_id}`;
  const load = () => http.call<Paper>({ method: 'GET', path: `${base}/paper-batches` }).then(setPaper);
  useEffect(() => {
    if (open) void form.submit([], load);
  }, [open, election.changed_pos]);
  const declare = () =>
    form.submit(
      /^[0-9]{1,7}$/.test(declared.trim()) ? [] : [{ field: 'declared', text: t('form.numberWrong') }],
      async () => {
        const body = { ballots: Number(declared) };
        setPaper(await http.call<Paper>({ method: 'PUT', path: `${base}/paper-declaration`, body }));
      },
    );
  const enter = async (count: PaperCount) => {
    const body = { label: label.trim() === '' ? t('paper.heap') : label.trim(), count };
    await http.call({ method: 'POST', path: `${base}/paper-batches`, body, creates: true });
    setLabel('');
    await load();
  };
  return (
    <details class="paper" id="paper" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('paper.title')}</summary>
      {open && (
        <div class="stack">
          <p class="soft">{t('paper.text')}</p>
          <ErrorSummary errors={form.errors} />
          {paper !== undefined && (
            <p class="figures">
              {t('paper.state', { declared: paper.declared, entered: paper.entered, confirmed: paper.confirmed })}
            </p>
          )}
          <div class="row fields-beside">
            <Field
              id="declared"
              label={t('paper.declared')}
              inputMode="numeric"
              value={declared}
              onInput={setDeclared}
              error={form.errorOf('declared')}
            />
            <Button busy={form.busy} onClick={() => void declare()}>
              {t('paper.declare')}
            </Button>
          </div>
          <ul class="plain-list stack">
            {paper?.batches.map((batch) => (
              <BatchRow key={batch.batch_id} election={election} batch={batch} onChanged={load} />
            ))}
          </ul>
          {paper !== undefined && paper.declared > paper.entered && (
            <section class="card stack" aria-labelledby="paper-new">
              <h3 id="paper-new">{t('paper.new')}</h3>
              <Field id="paper-label" label={t('paper.label')} value={label} onInput={setLabel} maxLength={100} />
              <CountForm id="paper-new-count" election={election} act={t('paper.enterFirst')} onCount={enter} />
            </section>
          )}
        </div>
      )}
    </details>
  );
}
