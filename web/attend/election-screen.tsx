import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import type { Connection } from '../ui/connection-state.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { navigate } from '../ui/router.ts';
import { BallotLines } from './ballot-lines.tsx';
import type { BallotRecord, Refusal } from './ballot-record.ts';
import type { Election } from './ballots/content.ts';
import { FindBallot } from './find-ballot.tsx';
import { Receipt } from './receipt.tsx';
import { Result } from './result.tsx';
import { RunningTally } from './running-tally.tsx';
import { t } from './texts.ts';
import type { Voter } from './voter.ts';
import { ElectionHead, Voting } from './voting.tsx';

export interface ElectionScreenProps {
  readonly election: Election;
  readonly voter: Voter;
  readonly connection: Connection;
  /** false: the election is not for this person; it is shown, and not voted in */
  readonly may?: boolean;
  /** the member in whose name the ballot is cast; none for one's own */
  readonly behalf?: string | undefined;
}

/** One election as this voter stands to it: to be voted in, on its way, in the urn, refused, closed, published. */
export function ElectionScreen({ election, voter, connection, may = true, behalf }: ElectionScreenProps) {
  const id = election.election_id;
  const record = voter.records.of(id).value;
  const { state } = record;
  useAnnouncedEnd(election);
  // a reload in the middle, or a tab that was closed: the same cast again, which cannot count twice
  useEffect(() => {
    if (state === 'sending') void voter.cast(id);
  }, [voter, id, state]);

  if (state === 'sending') return <Sending election={election} record={record} connection={connection} />;
  if (state === 'refused' && election.state === 'open') {
    return <Refused election={election} record={record} voter={voter} />;
  }
  if (election.state === 'open') {
    if (state === 'draft') {
      return may ? (
        <Voting election={election} voter={voter} behalf={behalf} />
      ) : (
        <NotForUs election={election} voter={voter} connection={connection} />
      );
    }
    return (
      <>
        <Receipt election={election} record={record} behalf={behalf} />
        <RunningTally election={election} voter={voter} stale={connection !== 'up'} />
      </>
    );
  }
  return <Over election={election} record={record} voter={voter} connection={connection} may={may} />;
}

/** That a vote has ended is heard too: what is seen may stay as it was, a receipt above all. */
function useAnnouncedEnd({ state, title }: Election): void {
  const before = useRef(state);
  useEffect(() => {
    if (before.current === 'open' && state !== 'open') {
      announce(state === 'cancelled' ? t('live.cancelled', { title }) : t('live.closed', { title }));
    }
    if (before.current === 'closed' && state === 'published') announce(t('live.published', { title }));
    before.current = state;
  }, [state, title]);
}

/** Open, but for others: members alone, or holders of voting links. */
function NotForUs({ election, voter, connection }: ElectionScreenProps) {
  return (
    <section class="stack">
      <ElectionHead election={election} screen={`watch-${election.election_id}`} />
      <p class="note note-calm">{election.roll === 'tokens' ? t('state.byLink') : t('state.membersOnly')}</p>
      <RunningTally election={election} voter={voter} stale={connection !== 'up'} />
    </section>
  );
}

/** No ballot can be cast here, not yet or no more. */
function Over({
  election,
  record,
  voter,
  connection,
  may = true,
}: ElectionScreenProps & { readonly record: BallotRecord }) {
  const { state } = election;
  if (state === 'draft') {
    return (
      <section class="message">
        <PageTitle screen={`draft-${election.election_id}`} text={t('state.draftTitle')} />
        <p>{election.title}</p>
        <p>{t('state.draft')}</p>
      </section>
    );
  }
  if (state === 'closed' && record.state === 'cast') {
    return (
      <>
        <Receipt election={election} record={record} />
        <p class="note note-calm">
          <Icon name="clock" /> {t('state.counting')}
        </p>
        <RunningTally election={election} voter={voter} stale={connection !== 'up'} />
      </>
    );
  }
  const mine = may ? <Fate record={record} /> : null;
  return (
    <section class="stack">
      <ElectionHead election={election} screen={`${state}-${election.election_id}`} />
      {state === 'cancelled' && (
        <div class="note">
          <Icon name="warning" />
          <div>
            <strong>{t('refused.cancelledTitle')}</strong>
            {election.cancel_reason !== null && <p>{t('state.reason', { reason: election.cancel_reason })}</p>}
          </div>
        </div>
      )}
      {state === 'closed' && <p>{t('state.counting')}</p>}
      {state === 'published' && <Result election={election} voter={voter} />}
      {state !== 'cancelled' && mine}
      {state === 'published' && <FindBallot election={election} voter={voter} />}
      {state === 'closed' && <RunningTally election={election} voter={voter} stale={connection !== 'up'} />}
    </section>
  );
}

/** What became of this device's ballot, in one line. */
function Fate({ record }: { readonly record: BallotRecord }) {
  const { state, content, refusal } = record;
  if (state === 'cast') return null;
  if (refusal === 'elsewhere') return <p class="note note-calm">{t('refused.elsewhere')}</p>;
  return <p class="note note-calm">{content === undefined ? t('state.missed') : t('state.uncast')}</p>;
}

function Sending(props: {
  readonly election: Election;
  readonly record: BallotRecord;
  readonly connection: Connection;
}) {
  const { election, record, connection } = props;
  const { queued = false } = record;
  const words = {
    up: queued ? t('queued.wait') : t('sending.wait'),
    retrying: t('sending.retrying'),
    offline: t('sending.offline'),
  };
  return (
    <section class="message">
      <span class="spinner spinner-large" aria-hidden="true" />
      <PageTitle
        screen={`${queued ? 'queued' : 'sending'}-${election.election_id}`}
        text={queued ? t('queued.title') : t('sending.title')}
      />
      <p role="status">{words[connection]}</p>
      {connection !== 'up' && <p class="soft">{t('sending.safe')}</p>}
      {record.content !== undefined && (
        <div class="card">
          <h2 class="soft small">{t('receipt.ballot')}</h2>
          <BallotLines election={election} content={record.content} />
        </div>
      )}
    </section>
  );
}

function wordsOf(refusal: Refusal): { readonly title: string; readonly text: string } {
  switch (refusal) {
    case 'elsewhere':
      return { title: t('refused.elsewhereTitle'), text: t('refused.elsewhere') };
    case 'closed':
      return { title: t('refused.closedTitle'), text: t('refused.closed') };
    case 'cancelled':
      return { title: t('refused.cancelledTitle'), text: t('refused.cancelled') };
    case 'not-on-roll':
      return { title: t('refused.notOnRollTitle'), text: t('refused.notOnRoll') };
    case 'signed-out':
      return { title: t('refused.signedOutTitle'), text: t('refused.signedOut') };
    default:
      return { title: t('refused.failedTitle'), text: t('refused.failed') };
  }
}

/** Not counted, why, and what now. What can be mended goes back to the ballot. */
function Refused({
  election,
  record,
  voter,
}: Omit<ElectionScreenProps, 'connection'> & { readonly record: BallotRecord }) {
  const id = election.election_id;
  const refusal = record.refusal ?? 'failed';
  if (refusal === 'not-open' || refusal === 'invalid') return <Voting election={election} voter={voter} />;
  const { title, text } = wordsOf(refusal);
  return (
    <section class="message">
      <span class="message-sign" aria-hidden="true">
        <Icon name="warning" />
      </span>
      <PageTitle screen={`refused-${id}`} text={title} />
      <p class="soft">{election.title}</p>
      <p role="alert">{text}</p>
      {refusal === 'failed' && (
        <Button
          kind="primary"
          onClick={() => {
            voter.records.change(id, { state: 'draft', refusal: undefined });
          }}
        >
          {t('refused.retry')}
        </Button>
      )}
      {refusal === 'signed-out' && (
        <Button kind="primary" onClick={() => navigate('/')}>
          {t('session.join')}
        </Button>
      )}
    </section>
  );
}
