import { useState } from 'preact/hooks';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { Countdown } from '../ui/countdown.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Paragraphs } from '../ui/paragraphs.tsx';
import { BallotLines } from './ballot-lines.tsx';
import { choiceText, emptyContent, isBlank, problemOf } from './ballots/checks.ts';
import type { BallotContent, Election } from './ballots/content.ts';
import { BallotForm, progressOf } from './ballots/form.tsx';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';

/** One mark on one paper is read at a glance in the button that casts it; everything else is read through before. */
function isPlain({ method }: Election, content: BallotContent): boolean {
  return method.method === 'motion' || (method.method === 'choose' && method.settings.max === 1 && !isBlank(content));
}

/** The one mark in words, e.g. 'Yes'. */
function markOf(election: Election, content: BallotContent): string {
  if ('choice' in content) return choiceText(content.choice);
  const [only] = 'options' in content ? content.options : [];
  return election.options.find(({ id }) => id === only)?.title ?? '';
}

export function ElectionHead({ election, screen }: { readonly election: Election; readonly screen: string }) {
  return (
    <header class="election-head">
      {election.state === 'open' && election.closes_at !== null && (
        <p class="election-clock">
          <Icon name="clock" /> <Countdown until={election.closes_at} least={1} />
        </p>
      )}
      <PageTitle screen={screen} text={election.title} />
      {election.description !== '' && <Paragraphs text={election.description} />}
    </header>
  );
}

function Secrecy({ election }: { readonly election: Election }) {
  return (
    <p class="soft small secrecy">
      <Icon name={election.secrecy === 'secret' ? 'lock' : 'people'} />{' '}
      {election.secrecy === 'secret' ? t('vote.secret') : t('vote.named')}
    </p>
  );
}

interface VotingProps {
  readonly election: Election;
  readonly voter: Voter;
  readonly behalf?: string | undefined;
}

/** The ballot: filled in, read through where it is more than one mark, cast. */
export function Voting({ election, voter, behalf }: VotingProps) {
  const id = election.election_id;
  const { content: kept, refusal } = voter.records.of(id).value;
  const content = kept ?? emptyContent(election);
  const [reviewing, setReviewing] = useState(false);
  const [problem, setProblem] = useState<string | undefined>(undefined);

  function fill(filled: BallotContent) {
    setProblem(undefined);
    voter.fill(id, filled);
  }
  function goOn() {
    const found = problemOf(election, content);
    setProblem(found);
    if (found !== undefined) announce(found);
    else if (content !== undefined && (reviewing || isPlain(election, content))) {
      voter.fill(id, content); // a blank ballot was never touched, so nothing is kept of it yet
      void voter.cast(id);
    } else setReviewing(true);
  }

  return (
    <form
      class="voting"
      onSubmit={(event) => {
        event.preventDefault();
        goOn();
      }}
    >
      {reviewing && content !== undefined ? (
        <Review election={election} content={content} onChange={() => setReviewing(false)} />
      ) : (
        <>
          <ElectionHead election={election} screen={`vote-${id}-${behalf ?? ''}`} />
          {behalf !== undefined && <p class="behalf">{t('proxy.for', { name: behalf })}</p>}
          <RefusalNote refusal={refusal} />
          <BallotForm election={election} content={content} onChange={fill} />
          <Secrecy election={election} />
          <CastBar election={election} content={content} problem={problem} />
        </>
      )}
    </form>
  );
}

/** Why the ballot came back and can be mended. */
function RefusalNote({ refusal }: { readonly refusal: string | undefined }) {
  if (refusal !== 'not-open' && refusal !== 'invalid') return null;
  return (
    <p class="note" role="alert">
      <Icon name="warning" /> {refusal === 'not-open' ? t('refused.notOpen') : t('refused.invalid')}
    </p>
  );
}

/** Stays at the thumb: what is left or marked, and the one act. */
function CastBar(props: {
  readonly election: Election;
  readonly content: BallotContent | undefined;
  readonly problem: string | undefined;
}) {
  const { election, content, problem } = props;
  const blank = content !== undefined && isBlank(content);
  const plain = content !== undefined && isPlain(election, content);
  const progress = problem ?? progressOf(election, content);
  return (
    <div class="cast-bar">
      {progress !== '' && (
        <p class={problem === undefined ? 'cast-progress figures' : 'cast-progress cast-problem'}>{progress}</p>
      )}
      <Button kind={blank || content === undefined ? 'plain' : 'primary'} type="submit" wide>
        {content !== undefined && plain
          ? t('vote.castChoice', { choice: markOf(election, content) })
          : blank
            ? t('vote.castBlank')
            : content === undefined
              ? t('vote.cast')
              : t('vote.review')}
      </Button>
    </div>
  );
}

function Review(props: {
  readonly election: Election;
  readonly content: BallotContent;
  readonly onChange: () => void;
}) {
  const { election, content, onChange } = props;
  return (
    <>
      <header class="election-head">
        <p class="soft">{election.title}</p>
        <PageTitle screen={`review-${election.election_id}`} text={t('review.title')} />
      </header>
      <div class="card">
        {isBlank(content) ? <p>{t('review.blank')}</p> : <BallotLines election={election} content={content} />}
      </div>
      <div class="cast-bar cast-bar-two">
        <p class="cast-progress">{t('review.final')}</p>
        <Button onClick={onChange}>{t('review.change')}</Button>
        <Button kind="primary" type="submit">
          {t('vote.cast')}
        </Button>
      </div>
    </>
  );
}
