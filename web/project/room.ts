import type { ElectionView } from '../../protocol/elections.ts';

const FEW = 3;
const MANY = 6;
const CROWD = 14;
const LONG_QUESTION = 90;

/** How large options can stand so that all of them fit: classes of the styles. */
export function roomOf({ title, options }: Pick<ElectionView, 'title' | 'options'>): string {
  const size = [
    options.length <= FEW && 'screen-few',
    options.length > MANY && 'screen-many',
    options.length > CROWD && 'screen-crowd',
    title.length > LONG_QUESTION && 'screen-long',
  ];
  return size.filter((each) => each !== false).join(' ');
}
