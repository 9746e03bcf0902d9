import { useEffect, useState } from 'preact/hooks';
import type { CampaignMemberView } from '../../../protocol/campaigns.ts';
import { toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/choices.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { ErrorSummary } from '../../ui/field.tsx';
import { formatMoment } from '../../ui/i18n.ts';
import { useKept, useKeptScroll } from '../../ui/kept.ts';
import { type Paged, usePaged } from '../../ui/paged.ts';
import { useSubmission } from '../../ui/submission.ts';
import { Skeleton } from '../../ui/waiting.tsx';
import { changeMember, pathOf } from './calls.ts';
import { Invite } from './invite.tsx';
import { useNews } from './news.ts';
import type { PartProps } from './part.ts';
import { t } from './texts.ts';
import { memberStateName } from './words.ts';

type State = CampaignMemberView['state'];
type Change = Parameters<typeof changeMember>[2];

const STATES: readonly State[] = ['joined', 'invited', 'left'];

function whenOf({ state, joined_at: joined, invited_at: invited }: CampaignMemberView): string {
  if (state === 'requested') return t('people.asked', { moment: formatMoment(invited) });
  if (joined === null) return t('people.invitedAt', { moment: formatMoment(invited) });
  return t('people.since', { moment: formatMoment(joined) });
}

interface RowProps {
  readonly member: CampaignMemberView;
  readonly campaign: string;
  readonly onChanged: () => void;
}

/** What can be done with a member in the state that it is in. */
function Acts({
  member,
  busy,
  change,
  onTakeOut,
}: {
  readonly member: CampaignMemberView;
  readonly busy: boolean;
  readonly change: (body: Change, words: string) => void;
  readonly onTakeOut: () => void;
}) {
  const { name, state, role } = member;
  if (state === 'requested' || state === 'left') {
    return (
      <>
        <Button
          kind={state === 'requested' ? 'primary' : 'plain'}
          busy={busy}
          label={t(state === 'requested' ? 'people.admitOne' : 'people.backOne', { name })}
          onClick={() => change({ state: 'joined' }, t('people.admitted', { name }))}
        >
          {state === 'requested' ? t('people.admit') : t('people.back')}
        </Button>
        {state === 'requested' && (
          <Button
            busy={busy}
            label={t('people.declineOne', { name })}
            onClick={() => change({ state: 'left' }, t('people.declined', { name }))}
          >
            {t('people.decline')}
          </Button>
        )}
      </>
    );
  }
  const other = role === 'manager' ? 'member' : 'manager';
  return (
    <>
      <Button
        busy={busy}
        label={t(other === 'manager' ? 'people.makeManagerOne' : 'people.makeMemberOne', { name })}
        onClick={() => change({ role: other }, t('people.roleChanged', { name }))}
      >
        {other === 'manager' ? t('people.makeManager') : t('people.makeMember')}
      </Button>
      <Button kind="quiet" label={t('people.takeOutOne', { name })} onClick={onTakeOut}>
        {t('people.takeOut')}
      </Button>
    </>
  );
}

function Row({ member, campaign, onChanged }: RowProps) {
  const [leaving, setLeaving] = useState(false);
  const anchor = `member-${member.user_id}`;
  const form = useSubmission(anchor);
  const change = async (body: Change, words: string) => {
    const done = await form.submit([], () => changeMember(campaign, member.user_id, body));
    setLeaving(false);
    if (!done) return;
    toast(words);
    onChanged();
  };
  return (
    <li class="list-row" id={anchor} tabIndex={-1}>
      <span>
        <strong>{member.name}</strong>
        {member.role === 'manager' && <span class="bar-mark people-mark">{t('people.manager')}</span>}
        <span class="soft small block">{whenOf(member)}</span>
      </span>
      <span class="row">
        <Acts
          member={member}
          busy={form.busy}
          change={(body, words) => void change(body, words)}
          onTakeOut={() => setLeaving(true)}
        />
      </span>
      <ErrorSummary errors={form.errors} />
      <ConfirmDialog
        open={leaving}
        title={t('people.takeOutSure', { name: member.name })}
        confirm={t('people.takeOut')}
        signal
        busy={form.busy}
        onClose={() => setLeaving(false)}
        onConfirm={() => void change({ state: 'left' }, t('people.takenOut', { name: member.name }))}
      >
        <p>{member.state === 'invited' ? t('people.takeOutInvited') : t('people.takeOutText')}</p>
      </ConfirmDialog>
    </li>
  );
}

function List({ list, campaign, onChanged }: { list: Paged<CampaignMemberView> } & Omit<RowProps, 'member'>) {
  return (
    <>
      <ul class="plain-list">
        {list.items?.map((member) => (
          <Row key={`${member.user_id} ${member.state}`} member={member} campaign={campaign} onChanged={onChanged} />
        ))}
      </ul>
      {list.more !== undefined && (
        <div class="row">
          <Button onClick={list.more}>{t('more')}</Button>
        </div>
      )}
    </>
  );
}

/** Who takes part: who asks to, who is in, who was invited; and inviting many at once. */
export function People({ live, campaign }: PartProps) {
  const { campaign_id: name } = campaign;
  const [state, setState] = useKept<State>('campaign.people', 'joined');
  const news = useNews(live, 'campaign.member');
  const path = pathOf(name, 'members');
  const asking = usePaged<CampaignMemberView>(path, { state: 'requested', limit: '50' });
  const list = usePaged<CampaignMemberView>(path, { state, limit: '100' });
  useKeptScroll(list.items !== undefined);
  const reload = () => {
    void asking.reload();
    void list.reload();
  };
  useEffect(() => {
    if (news > 0) reload();
  }, [news]);
  const changed = () => {
    reload();
    void live.reread().catch(() => {}); // its counts; an event brings them too
  };
  return (
    <div class="campaign-columns">
      <div class="stack">
        {asking.items !== undefined && asking.items.length > 0 && (
          <section class="card stack campaign-waiting" aria-labelledby="asking-title">
            <h2 id="asking-title">{t('people.askingTitle')}</h2>
            <List list={asking} campaign={name} onChanged={changed} />
          </section>
        )}
        <section class="card stack" aria-labelledby="people-title">
          <h2 id="people-title">{t('people.title')}</h2>
          <Select
            id="people-state"
            label={t('people.show')}
            value={state}
            options={STATES.map((value) => ({ value, text: memberStateName(value) }))}
            onChange={setState}
          />
          {list.problem !== '' && <p role="alert">{list.problem}</p>}
          {list.items === undefined && list.problem === '' && <Skeleton lines={5} />}
          {list.items?.length === 0 && <p class="soft">{t('people.none')}</p>}
          <List list={list} campaign={name} onChanged={changed} />
        </section>
      </div>
      {campaign.status !== 'archived' && <Invite campaign={campaign} onInvited={changed} />}
    </div>
  );
}
