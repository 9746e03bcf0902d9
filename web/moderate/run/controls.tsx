import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { OPEN_TIMEOUT_MS } from '../../../client/index.ts';
import type { ElectionView } from '../../../protocol/elections.ts';
import { announce, toast } from '../../ui/announce.tsx';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/dialog.tsx';
import { stateName } from '../../ui/election-words.ts';
import { ErrorSummary, Field } from '../../ui/field.tsx';
import type { LiveMeeting } from '../../ui/live-meeting.ts';
import { type Submission, useSubmission } from '../../ui/submission.ts';
import { t } from '../texts.ts';
import type { Chosen } from './chosen.ts';
import { useRight } from './right.ts';

type Asking = 'open-timed' | 'close' | 'publish' | 'cancel' | 'delete' | undefined;

/** Minutes offered for a vote with a countdown. */
const DURATIONS_MINUTES = [1, 2, 5, 10];

interface Acts {
  readonly form: Submission;
  /** does it and shows the election as it then is */
  act(path: string, body?: object): Promise<void>;
}

function useActs(live: LiveMeeting, election: ElectionView): Acts {
  const { http } = useRight();
  const form = useSubmission('controls');
  return {
    form,
    async act(path, body) {
      await form.submit([], async () => {
        const changed = await http.call<ElectionView>({
          method: 'POST',
          path: `/v1/elections/${election.election_id}/${path}`,
          body,
          ...(path === 'open' ? { timeoutMs: OPEN_TIMEOUT_MS } : {}),
        });
        live.put(changed);
        announce(`${changed.title}: ${stateName(changed.state)}`);
      });
    },
  };
}

function OpenTimed({ onOpen }: { readonly onOpen: (seconds: number) => void }) {
  return (
    <div class="row">
      {DURATIONS_MINUTES.map((minutes) => (
        <Button key={minutes} onClick={() => onOpen(60 * minutes)}>
          {t('controls.minutes', { count: minutes })}
        </Button>
      ))}
    </div>
  );
}

/** Why a vote is cancelled: shown to everyone, so it cannot be left out. */
function CancelDialog({ acts, onClose }: { readonly acts: Acts; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  return (
    <ConfirmDialog
      open
      title={t('controls.cancelSure')}
      confirm={t('controls.cancel')}
      signal
      busy={acts.form.busy}
      onClose={onClose}
      onConfirm={async () => {
        setMissing(reason.trim() === '');
        if (reason.trim() === '') return;
        await acts.act('cancel', { reason: reason.trim() });
        onClose();
      }}
    >
      <p>{t('controls.cancelText')}</p>
      <Field
        id="reason"
        label={t('controls.reason')}
        value={reason}
        onInput={setReason}
        error={missing ? t('controls.reasonMissing') : undefined}
        maxLength={1_000}
      />
    </ConfirmDialog>
  );
}

interface PartProps {
  readonly election: ElectionView;
  readonly acts: Acts;
  readonly ask: (asking: Asking) => void;
}

/** Acts that are not urgent: they stand in the text and scroll away. */
function SideActs(props: PartProps & { readonly onEdit: () => void; readonly onCopy: () => void }) {
  const { election, acts, ask, onEdit, onCopy } = props;
  const { state } = election;
  return (
    <div class="row controls-more">
      {state === 'draft' && <Button onClick={onEdit}>{t('controls.edit')}</Button>}
      <Button busy={acts.form.busy} onClick={onCopy}>
        {t('controls.copy')}
      </Button>
      {state === 'draft' && (
        <Button kind="quiet" onClick={() => ask('delete')}>
          {t('controls.delete')}
        </Button>
      )}
      {(state === 'open' || state === 'closed') && (
        <Button kind="quiet" onClick={() => ask('cancel')}>
          {t('controls.cancelBegin')}
        </Button>
      )}
    </div>
  );
}

/** The next step of the vote, always at hand. */
function MainActs({ election, acts, ask, asking }: PartProps & { readonly asking: Asking }) {
  const { state } = election;
  const { busy } = acts.form;
  return (
    <div class="row controls-row">
      {state === 'draft' && (
        <>
          <Button kind="primary" busy={busy} onClick={() => void acts.act('open', {})}>
            {t('controls.open')}
          </Button>
          <Button icon="clock" onClick={() => ask(asking === 'open-timed' ? undefined : 'open-timed')}>
            {t('controls.openTimed')}
          </Button>
        </>
      )}
      {state === 'open' && (
        <>
          <Button kind="signal" busy={busy} onClick={() => ask('close')}>
            {t('controls.close')}
          </Button>
          {election.closes_at !== null && (
            <Button busy={busy} onClick={() => void acts.act('extend', { by_seconds: 60 })}>
              {t('controls.extend')}
            </Button>
          )}
        </>
      )}
      {state === 'closed' && (
        <Button kind="primary" busy={busy} onClick={() => ask('publish')}>
          {t('controls.publish')}
        </Button>
      )}
    </div>
  );
}

/** What cannot be undone asks first. */
function Questions(props: {
  readonly asking: Asking;
  readonly acts: Acts;
  readonly onClose: () => void;
  readonly onDelete: () => void;
}) {
  const { asking, acts, onClose, onDelete } = props;
  const shared = { busy: acts.form.busy, onClose };
  const confirmed = (path: string) => void acts.act(path).then(onClose);
  return (
    <>
      <ConfirmDialog
        open={asking === 'close'}
        title={t('controls.closeSure')}
        confirm={t('controls.close')}
        signal
        onConfirm={() => confirmed('close')}
        {...shared}
      >
        <p>{t('controls.closeText')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'publish'}
        title={t('controls.publishSure')}
        confirm={t('controls.publish')}
        onConfirm={() => confirmed('publish')}
        {...shared}
      >
        <p>{t('controls.publishText')}</p>
      </ConfirmDialog>
      <ConfirmDialog
        open={asking === 'delete'}
        title={t('controls.deleteSure')}
        confirm={t('controls.delete')}
        signal
        onConfirm={onDelete}
        {...shared}
      >
        <p>{t('controls.deleteText')}</p>
      </ConfirmDialog>
      {asking === 'cancel' && <CancelDialog acts={acts} onClose={onClose} />}
    </>
  );
}

/** The button that was pressed is gone when the vote has moved on: keyboards go on at its place. */
function useFocusKept(place: RefObject<HTMLElement | null>, state: ElectionView['state']): void {
  const before = useRef(state);
  useEffect(() => {
    if (before.current === state) return;
    before.current = state;
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) place.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [place, state]);
}

/** What can be done about a vote in its state. */
export function Controls(props: {
  readonly live: LiveMeeting;
  readonly election: ElectionView;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { live, election, onChoose } = props;
  const { state, election_id: id } = election;
  const { http } = useRight();
  const acts = useActs(live, election);
  const [asking, setAsking] = useState<Asking>();
  const place = useRef<HTMLDivElement>(null);
  useFocusKept(place, state);
  const close = () => setAsking(undefined);
  const copy = () =>
    acts.form.submit([], async () => {
      const path = `/v1/elections/${id}/copy`;
      const made = await http.call<ElectionView>({ method: 'POST', path, body: {}, creates: true });
      live.put(made);
      onChoose({ electionId: made.election_id });
      toast(t('controls.copied'));
    });
  const erase = () =>
    acts.form.submit([], async () => {
      await http.call({ method: 'DELETE', path: `/v1/elections/${id}` });
      live.remove(id);
      close();
    });
  const parts = { election, acts, ask: setAsking };
  const isOver = state === 'published' || state === 'cancelled';
  return (
    <>
      <SideActs {...parts} onEdit={() => onChoose({ electionId: id, editing: true })} onCopy={() => void copy()} />
      <div class={isOver ? 'stack' : 'controls stack'} id="controls" ref={place} tabIndex={-1}>
        <ErrorSummary errors={acts.form.errors} />
        {!isOver && <MainActs {...parts} asking={asking} />}
        {asking === 'open-timed' && state === 'draft' && (
          <OpenTimed onOpen={(seconds) => void acts.act('open', { duration_seconds: seconds }).then(close)} />
        )}
      </div>
      <Questions asking={asking} acts={acts} onClose={close} onDelete={() => void erase()} />
    </>
  );
}
