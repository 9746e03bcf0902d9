import { Icon } from '../ui/icon.tsx';
import type { Election } from './ballots/content.ts';
import type { Principal } from './meeting-watch.ts';
import { t } from './texts.ts';

/** The name in which a ballot is cast, as it stands over it; nothing for one's own. */
export function behalfOf({ memberId, name }: Principal): string | undefined {
  return memberId === null ? undefined : name;
}

/** Whose ballot is on the screen, where somebody holds proxies: each is cast apart, in any order. */
export function PrincipalSwitch(props: {
  readonly election: Election;
  readonly principals: readonly Principal[];
  readonly chosen: Principal;
  readonly onChoose: (principal: Principal) => void;
}) {
  const { election, principals, chosen, onChoose } = props;
  if (principals.length < 2) return null;
  return (
    <fieldset class="principals">
      <legend>{t('proxy.legend')}</legend>
      {principals.map((principal) => {
        const voted = principal.voter.records.of(election.election_id).value.state === 'cast';
        return (
          <label key={principal.memberId} class="principal">
            <input
              type="radio"
              name="principal"
              checked={principal.memberId === chosen.memberId}
              onChange={() => onChoose(principal)}
            />
            <span>{principal.memberId === null ? t('proxy.self') : principal.name}</span>
            {voted && (
              <>
                <Icon name="check" /> <span class="unseen">{t('history.voted')}</span>
              </>
            )}
          </label>
        );
      })}
    </fieldset>
  );
}
