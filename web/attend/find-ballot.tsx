import { useState } from 'preact/hooks';
import { PsephosError } from '../../client/index.ts';
import type { PublishedBallotView } from '../../protocol/ballots.ts';
import { Field } from '../ui/field.tsx';
import { Form, SubmitButton } from '../ui/form.tsx';
import { useSubmission } from '../ui/submission.ts';
import { BallotLines } from './ballot-lines.tsx';
import type { BallotContent, Election } from './ballots/content.ts';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';

const CODE = /^[0-9a-f]{32}$/;

/**
 * A published ballot in the form in which this page fills ballots in: grades may come by name, and equal ranks in inner
 * lists, from voters who used the API.
 */
function contentOf({ method }: Election, { ballot }: PublishedBallotView): BallotContent {
  if ('grades' in ballot && method.method === 'judgment') {
    const { grades } = method.settings;
    const placed = Object.entries(ballot.grades).map(([id, grade]) => [
      id,
      typeof grade === 'number' ? grade : grades.indexOf(grade),
    ]);
    return { grades: Object.fromEntries(placed) as Record<string, number> };
  }
  if ('ranking' in ballot) return { ranking: ballot.ranking.flat() };
  return ballot as BallotContent;
}

/** The same marks, whatever the order in which they were written down. */
function isSame(a: BallotContent, b: BallotContent): boolean {
  const text = (content: BallotContent) =>
    'ranking' in content || 'choice' in content
      ? JSON.stringify(content)
      : JSON.stringify(Object.entries(Object.values(content)[0] as object).sort(([x], [y]) => x.localeCompare(y)));
  if ('options' in a && 'options' in b)
    return JSON.stringify([...a.options].sort()) === JSON.stringify([...b.options].sort());
  return text(a) === text(b);
}

type Finding = { readonly words: string; readonly content: BallotContent | undefined; readonly good: boolean };

/** After the publication: the ballot that a tracking code leads to, compared with what this device has cast. */
export function FindBallot({ election, voter }: { readonly election: Election; readonly voter: Voter }) {
  const id = election.election_id;
  const own = voter.records.of(id).value;
  const [code, setCode] = useState(own.trackingCode ?? '');
  const [finding, setFinding] = useState<Finding | undefined>(undefined);
  const form = useSubmission('find-ballot');
  const typed = code.toLowerCase().replaceAll(/[\s-]/g, '');
  const problems = CODE.test(typed) ? [] : [{ field: 'tracking-code', text: t('find.wrong') }];

  async function look() {
    try {
      const content = contentOf(election, await voter.ways.ballot(id, typed));
      const mine = typed === own.trackingCode ? own.content : undefined;
      const same = mine !== undefined && isSame(mine, content);
      const words = mine === undefined ? t('find.found') : same ? t('find.same') : t('find.other');
      setFinding({ words, content, good: mine === undefined || same });
    } catch (problem) {
      const unknown = problem instanceof PsephosError && problem.code === 'NOT_FOUND_001';
      setFinding({ words: unknown ? t('find.none') : t('find.failed'), content: undefined, good: false });
    }
  }

  const find = () => {
    setFinding(undefined);
    return form.submit(problems, look);
  };

  return (
    <Form
      class="card stack find"
      form={form}
      onSubmit={find}
      head={
        <>
          <h2>{t('find.title')}</h2>
          <p class="soft small">{t('find.hint')}</p>
        </>
      }
    >
      <Field
        id="tracking-code"
        label={t('find.code')}
        hint={t('find.codeHint')}
        value={code}
        onInput={setCode}
        error={form.errorOf('tracking-code')}
        autocomplete="off"
        spellcheck={false}
        wraps
      />
      <SubmitButton form={form} kind="plain" icon="search">
        {t('find.search')}
      </SubmitButton>
      <div role="status" class="stack">
        {finding !== undefined && (
          <>
            <p class={finding.good ? 'finding finding-good' : 'finding'}>{finding.words}</p>
            {finding.content !== undefined && <BallotLines election={election} content={finding.content} />}
          </>
        )}
      </div>
    </Form>
  );
}
