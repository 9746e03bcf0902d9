import { ConnectionState } from '../ui/connection-state.tsx';
import { Icon } from '../ui/icon.tsx';
import { PageTitle } from '../ui/page-title.tsx';
import { Shell } from '../ui/shell.tsx';
import { Skeleton } from '../ui/waiting.tsx';
import { ElectionScreen } from './election-screen.tsx';
import { t } from './texts.ts';
import { TokenVoter, takeToken } from './token-voter.ts';

const voters = new Map<string, TokenVoter | undefined>();

/** One voter a link, however often the page is drawn. */
function voterOf(electionId: string): TokenVoter | undefined {
  if (!voters.has(electionId)) {
    const token = takeToken(electionId);
    voters.set(electionId, token === undefined ? undefined : new TokenVoter(electionId, token));
  }
  return voters.get(electionId);
}

// the same link opened again in this tab changes the fragment alone
addEventListener('hashchange', () => location.hash.length > 1 && location.reload());

/** The page of a voting link: no code, no name, no account. */
export function TokenPage({ electionId }: { readonly electionId: string }) {
  const holder = voterOf(electionId);
  const election = holder?.election.value;
  if (holder === undefined || holder.unknown.value) {
    return (
      <Shell>
        <section class="message">
          <span class="message-sign" aria-hidden="true">
            <Icon name="warning" />
          </span>
          <PageTitle screen="no-vote" text={t('token.unknownTitle')} />
          <p>{holder === undefined ? t('token.missing') : t('token.unknown')}</p>
        </section>
      </Shell>
    );
  }
  return (
    <Shell title={t('token.title')}>
      <ConnectionState state={holder.connection.value} />
      {election === undefined ? (
        <Skeleton lines={5} />
      ) : (
        <ElectionScreen election={election} voter={holder.voter} connection={holder.connection.value} />
      )}
    </Shell>
  );
}
