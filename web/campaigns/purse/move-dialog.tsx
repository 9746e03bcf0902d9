import { useState } from 'preact/hooks';
import type { IdeaView } from '../../../protocol/ideas.ts';
import { announce } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Stepper } from '../../ui/stepper.tsx';
import { t } from '../texts.ts';
import { movableAmounts } from './act.ts';
import type { Purse } from './purse.ts';

interface MoveProps {
  readonly open: boolean;
  readonly purse: Purse;
  readonly from: IdeaView;
  readonly others: readonly IdeaView[];
  readonly quadratic: boolean;
  readonly onClose: () => void;
}

/** How many: any number, or one of those that leave whole votes on both ideas. */
function Amount(props: {
  readonly amounts: readonly number[];
  readonly amount: number;
  readonly quadratic: boolean;
  readonly onChange: (amount: number) => void;
}) {
  const { amounts, amount, quadratic, onChange } = props;
  if (amounts.length === 0) return <p>{t('move.none')}</p>;
  if (!quadratic) {
    return (
      <div class="row">
        <Stepper
          id="move-amount"
          label={t('move.amount')}
          value={amount}
          min={1}
          max={amounts.length}
          onChange={onChange}
        />
        <span class="soft" aria-hidden="true">
          {t('move.amount')}
        </span>
      </div>
    );
  }
  return (
    <Select
      id="move-amount"
      label={t('move.amount')}
      value={String(amount)}
      options={amounts.map((each) => ({ value: String(each), text: t('coins', { count: each }) }))}
      onChange={(value) => onChange(Number(value))}
    />
  );
}

/** Moves coins from one idea to another in one act, so that nobody else's act comes between. */
export function MoveDialog({ open, purse, from, others, quadratic, onClose }: MoveProps) {
  const [chosen, setChosen] = useState('');
  const [wanted, setWanted] = useState<number>();
  const to = others.find(({ id }) => id === chosen) ?? others[0];
  const amounts = to === undefined ? [] : movableAmounts(purse.on(from.id), purse.on(to.id), quadratic);
  const amount = wanted !== undefined && amounts.includes(wanted) ? wanted : (amounts.at(-1) ?? 0);
  const move = () => {
    if (to === undefined || amount === 0) return;
    purse.move(from.id, to.id, amount);
    announce(t('move.done', { count: amount, title: to.title }));
    onClose();
  };
  return (
    <Dialog open={open} title={t('move.title')} onClose={onClose}>
      <p>{t('move.from', { count: purse.on(from.id), title: from.title })}</p>
      <Select
        id="move-to"
        label={t('move.to')}
        value={to?.id ?? ''}
        options={others.map(({ id, title }) => ({ value: id, text: title }))}
        onChange={setChosen}
      />
      <Amount amounts={amounts} amount={amount} quadratic={quadratic} onChange={setWanted} />
      <div class="dialog-acts">
        <Button onClick={onClose}>{t('move.back')}</Button>
        <Button kind="primary" disabled={amount === 0} onClick={move}>
          {t('move.confirm', { count: amount })}
        </Button>
      </div>
    </Dialog>
  );
}
