import { Icon, type IconName } from '../../ui/icon.tsx';
import { t } from '../texts.ts';
import { choiceText } from './checks.ts';

type Choice = 'yes' | 'no' | 'abstain';
const CHOICES: readonly { readonly choice: Choice; readonly icon: IconName }[] = [
  { choice: 'yes', icon: 'check' },
  { choice: 'no', icon: 'cross' },
  { choice: 'abstain', icon: 'minus' },
];

/** Three large buttons, radios under the skin: arrow keys move between them, a tap chooses. */
export function MotionForm(props: {
  readonly content: { readonly choice: Choice } | undefined;
  readonly onChange: (content: { readonly choice: Choice }) => void;
}) {
  return (
    <fieldset class="motion">
      <legend class="unseen">{t('motion.legend')}</legend>
      {CHOICES.map(({ choice, icon }) => (
        <label key={choice} class={`motion-choice motion-${choice}`}>
          <input
            type="radio"
            name="choice"
            value={choice}
            checked={props.content?.choice === choice}
            onChange={() => props.onChange({ choice })}
          />
          <Icon name={icon} />
          <span>{choiceText(choice)}</span>
        </label>
      ))}
    </fieldset>
  );
}
