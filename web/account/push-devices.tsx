import { useEffect, useState } from 'preact/hooks';
import { api } from '../ui/account-session.ts';
import { toast } from '../ui/announce.tsx';
import { Button } from '../ui/button.tsx';
import { formatMoment } from '../ui/i18n.ts';
import { refusalText } from '../ui/refusal-words.ts';
import { deviceName } from './device-name.ts';
import { Section } from './section.tsx';
import { t } from './texts.ts';

const PATH = '/v1/me/push-subscriptions';
const WORKER = '/push-worker.js';

interface Device {
  readonly subscription_id: string;
  readonly user_agent: string;
  readonly created_at: string;
}

interface Devices {
  readonly items: readonly Device[];
  readonly public_key: string;
}

const canPush = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** Asks the browser for pushes, and tells the server where they go. False: the person said no. */
async function subscribe(publicKey: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  await navigator.serviceWorker.register(WORKER);
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
  const { endpoint, keys } = made.toJSON();
  await api.call({ method: 'POST', path: PATH, body: { endpoint, keys: { p256dh: keys?.p256dh, auth: keys?.auth } } });
  return true;
}

/** Browsers that get pushes, this one among them if it can. */
export function PushDevices() {
  const [devices, setDevices] = useState<Devices>();
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const load = () =>
    api
      .call<Devices>({ method: 'GET', path: PATH })
      .then(setDevices, (error: unknown) => setProblem(refusalText(error)));
  useEffect(() => void load(), []);

  async function doing(work: () => Promise<unknown>) {
    setBusy(true);
    setProblem('');
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof DOMException ? t('push.failed') : refusalText(error));
    } finally {
      setBusy(false);
    }
    await load();
  }
  const turnOn = (publicKey: string) =>
    doing(async () => {
      if (await subscribe(publicKey)) toast(t('push.on'));
      else setProblem(t('push.denied'));
    });
  const turnOff = (id: string) => doing(() => api.call({ method: 'DELETE', path: `${PATH}/${id}` }));
  return (
    <Section title={t('push.title')}>
      <p>{t('push.text')}</p>
      {problem !== '' && <p role="alert">{problem}</p>}
      <ul class="plain-list">
        {devices?.items.map((device) => (
          <li class="list-row" key={device.subscription_id}>
            <span>
              <strong>{deviceName(device.user_agent)}</strong>
              <span class="soft small block">{t('push.since', { moment: formatMoment(device.created_at) })}</span>
            </span>
            <Button
              label={t('push.offOne', { device: deviceName(device.user_agent) })}
              onClick={() => void turnOff(device.subscription_id)}
            >
              {t('push.off')}
            </Button>
          </li>
        ))}
      </ul>
      {devices !== undefined && canPush() && (
        <div class="row">
          <Button busy={busy} onClick={() => void turnOn(devices.public_key)}>
            {t('push.here')}
          </Button>
        </div>
      )}
      {!canPush() && <p class="soft">{t('push.cannot')}</p>}
    </Section>
  );
}
