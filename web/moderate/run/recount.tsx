import { useState } from 'preact/hooks';
import type { RecountView } from '../../../client/index.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import { useRight } from './right.ts';

/** Counts again from the ballots alone, whenever somebody in the hall asks for it. */
export function Recount({ electionId }: { readonly electionId: string }) {
  const [recount, setRecount] = useState<RecountView>();
  const { http } = useRight();
  const form = useSubmission('recount');
  const again = () => form.submit([], async () => setRecount(await http.recount(electionId)));
  const equal = recount?.equals_tally === true && recount.equals_result !== false;
  return (
    <div class="stack">
      <ErrorSummary errors={form.errors} />
      <div class="row">
        <Button id="recount" busy={form.busy} onClick={() => void again()}>
          {t('recount.again')}
        </Button>
        {recount !== undefined && (
          <p role="status" class="figures">
            {equal
              ? t('recount.equal', { ballots: formatNumber(recount.ballots + recount.paper_ballots) })
              : t('recount.differs')}
          </p>
        )}
      </div>
    </div>
  );
}
