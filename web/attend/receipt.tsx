import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { formatTime } from '../ui/i18n.ts';
import { PageTitle } from '../ui/page-title.tsx';
import { Pebble } from '../ui/shell.tsx';
import { BallotLines } from './ballot-lines.tsx';
import type { BallotRecord } from './ballot-record.ts';
import type { Election } from './ballots/content.ts';
import { t } from './texts.ts';

/** The drop belongs to the moment of casting: whoever comes back later sees the pebble lie. */
const FRESH_MS = 3_000;
const GROUP_LENGTH = 4;

/** Copies without the clipboard's own interface too, which pages without TLS do not have. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    field.setAttribute('readonly', '');
    field.className = 'unseen';
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

/** A tracking code in groups of four, to be compared by eye; copied and read without the gaps. */
function TrackingCode({ code }: { readonly code: string }) {
  const groups = code.match(new RegExp(`.{1,${GROUP_LENGTH}}`, 'g')) ?? [];
  return (
    <div class="tracking">
      <h2>{t('receipt.code')}</h2>
      <code class="tracking-code" translate={false}>
        {groups.map((group, i) => (
          <span key={i}>{group}</span>
        ))}
      </code>
      <Button
        icon="copy"
        onClick={() => void copy(code).then((done) => toast(done ? t('receipt.copied') : t('receipt.copyFailed')))}
      >
        {t('receipt.copy')}
      </Button>
      <p class="soft small">{t('receipt.codeWhy')}</p>
    </div>
  );
}

/** The ballot is in the urn: unmistakable, with what was cast and the code that finds it. */
export function Receipt(props: {
  readonly election: Election;
  readonly record: BallotRecord;
  readonly behalf?: string | undefined;
}) {
  const { election, record, behalf } = props;
  const { trackingCode, content, at } = record;
  const fresh = at !== undefined && Date.now() - Date.parse(at) < FRESH_MS;
  return (
    <section class="receipt">
      <div class={fresh ? 'urn urn-drop' : 'urn'} aria-hidden="true">
        <Pebble />
        <span class="urn-rim" />
      </div>
      <PageTitle screen={`receipt-${election.election_id}`} text={t('receipt.title')} />
      {behalf !== undefined && <p class="behalf">{t('proxy.for', { name: behalf })}</p>}
      <p class="soft">
        {election.title}
        {at !== undefined && <span class="receipt-time"> {t('receipt.at', { time: formatTime(at) })}</span>}
      </p>
      {content !== undefined && (
        <div class="card receipt-ballot">
          <h2 class="soft small">{t('receipt.ballot')}</h2>
          <BallotLines election={election} content={content} />
        </div>
      )}
      {trackingCode !== undefined && <TrackingCode code={trackingCode} />}
    </section>
  );
}
