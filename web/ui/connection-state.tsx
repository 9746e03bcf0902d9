import { formatTime, t } from './i18n.ts';
import { Icon } from './icon.tsx';

/** up: all is well; retrying: no answer, trying again; offline: the device says that it has no network */
export type Connection = 'up' | 'retrying' | 'offline';

/** A line that says that what is seen may be old. Nothing while all is well. `since`: when we last heard anything. */
export function ConnectionState({ state, since }: { readonly state: Connection; readonly since?: Date | undefined }) {
  return (
    <div class="connection-place" role="status">
      {state !== 'up' && (
        <p class={`connection connection-${state}`}>
          {state === 'offline' ? <Icon name="offline" /> : <span class="spinner" aria-hidden="true" />}
          <span>
            {state === 'offline' ? t('connection.offline') : t('connection.retrying')}
            {since !== undefined && ` ${t('connection.asOf', { time: formatTime(since) })}`}
          </span>
        </p>
      )}
    </div>
  );
}
