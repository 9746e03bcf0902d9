import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { PsephosError } from '../../../client/index.ts';
import type { CampaignView, invitationsMade } from '../../../protocol/campaigns.ts';
import { api } from '../../ui/account-session.ts';
import { Choices } from '../../ui/choices.tsx';
import { Field, type FieldError } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { formatNumber } from '../../ui/i18n.ts';
import { useSubmission } from '../../ui/submission.ts';
import { addressesIn } from './addresses.ts';
import { pathOf } from './calls.ts';
import { t } from './texts.ts';

const ONCE_MAX = 1_000;
const NAMED_MAX = 5;

type Made = z.infer<typeof invitationsMade>;

function listed(addresses: readonly string[]): string {
  const named = addresses.slice(0, NAMED_MAX).join(', ');
  return addresses.length > NAMED_MAX ? `${named} …` : named;
}

/** Addresses that belong to nobody of the organisation, by their places in the list that was sent. */
function explainBy(sent: readonly string[]) {
  return ({ details }: PsephosError): readonly FieldError[] | undefined => {
    const fields = Array.isArray(details.fields) ? (details.fields as readonly { path: string }[]) : [];
    const unknown = fields
      .map(({ path }) => sent[Number(/(\d+)(?:\.|\]|$)/.exec(path)?.[1])])
      .filter((address) => address !== undefined);
    if (unknown.length === 0) return undefined;
    return [{ field: 'addresses', text: t('invite.unknown', { addresses: listed(unknown), count: unknown.length }) }];
  };
}

/** Invites members of the organisation by their e-mail addresses, as many as are pasted; all of them or none. */
export function Invite({ campaign, onInvited }: { readonly campaign: CampaignView; readonly onInvited: () => void }) {
  const [text, setText] = useState('');
  const [role, setRole] = useState<'member' | 'manager'>('member');
  const [made, setMade] = useState<Made>();
  const { good, wrong } = addressesIn(text);
  const form = useSubmission('invite', explainBy(good));
  const problems = [
    ...(good.length === 0 && wrong.length === 0 ? [{ field: 'addresses', text: t('invite.missing') }] : []),
    ...(wrong.length > 0 ? [{ field: 'addresses', text: t('invite.wrong', { addresses: listed(wrong) }) }] : []),
    ...(good.length > ONCE_MAX
      ? [{ field: 'addresses', text: t('invite.tooMany', { max: formatNumber(ONCE_MAX) }) }]
      : []),
  ];
  const invite = () =>
    form.submit(problems, async () => {
      const body = good.map((email) => ({ email, role }));
      const path = pathOf(campaign.campaign_id, 'members');
      setMade(await api.call<Made>({ method: 'POST', path, body }));
      setText('');
      onInvited();
    });
  return (
    <Form
      class="card stack"
      form={form}
      onSubmit={invite}
      head={<h2>{t('invite.title')}</h2>}
      act={good.length === 0 ? t('invite.act') : t('invite.actCount', { count: good.length })}
    >
      <Field
        id="addresses"
        label={t('invite.addresses')}
        hint={t('invite.hint')}
        value={text}
        onInput={(typed) => {
          setText(typed);
          setMade(undefined);
        }}
        error={form.errorOf('addresses')}
        lines={4}
        spellcheck={false}
      />
      <p class="soft small figures" aria-live="polite">
        {text.trim() !== '' && t('invite.found', { count: good.length })}
        {wrong.length > 0 && ` · ${t('invite.notRead', { count: wrong.length })}`}
      </p>
      <Choices
        name="invite-role"
        legend={t('invite.as')}
        value={role}
        options={[
          { value: 'member', text: t('people.member') },
          { value: 'manager', text: t('people.manager'), hint: t('people.managerHint') },
        ]}
        onChange={setRole}
      />
      {made !== undefined && (
        <p role="status" class="figures">
          {t('invite.made', {
            invited: formatNumber(made.invited),
            admitted: formatNumber(made.admitted),
            unchanged: formatNumber(made.unchanged),
          })}
        </p>
      )}
    </Form>
  );
}
