import { type BallotLine, isBlank, linesOf } from './ballots/checks.ts';
import type { BallotContent, Election } from './ballots/content.ts';
import { t } from './texts.ts';

/** A ballot in words, line by line; ranked ones in their order. */
export function BallotLines({ election, content }: { readonly election: Election; readonly content: BallotContent }) {
  if (isBlank(content)) return <p class="ballot-lines">{t('find.blank')}</p>;
  const lines = linesOf(election, content);
  const ranked = 'ranking' in content;
  const List = ranked ? 'ol' : 'ul';
  return (
    <List class={ranked ? 'ballot-lines ballot-lines-ranked' : 'ballot-lines'}>
      {lines.map((line: BallotLine) => (
        <li key={line.key}>
          {ranked && <span class="place figures">{line.mark}</span>}
          <span class="ballot-line-title">{line.title}</span>
          {!ranked && line.mark !== undefined && <strong class="figures">{line.mark}</strong>}
        </li>
      ))}
    </List>
  );
}
