import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { PsephosHttp } from '../../client/index.ts';
import type { SignedInView } from '../../protocol/accounts.ts';
import type { OrganisationView } from '../../protocol/organisations.ts';
import { DESK, openPage, watchConsole } from '../harness/chromium.ts';
import type { Hall } from './hall.ts';

/** A person with an account who has made an organisation, and so is its administrator. */
export interface Organiser {
  readonly email: string;
  readonly password: string;
  readonly orgId: string;
  /** calls as this person */
  readonly http: PsephosHttp;
}

const PASSWORD = 'four blue otters sing';

/** What stands behind `#verify=` and the like in the newest mail to an address. */
export async function tokenFromMail(hall: Hall, to: string, kind: string): Promise<string> {
  const waiting = await hall.engine.mails.waiting();
  if (!waiting.ok) throw new Error(waiting.failure.message);
  const mail = waiting.value.find((each) => each.to === to && each.text.includes(`#${kind}=`));
  const token = new RegExp(`#${kind}=(\\S+)`).exec(mail?.text ?? '')?.[1];
  if (token === undefined) throw new Error(`no mail with #${kind}= to ${to}`);
  return token;
}

/** Registers, follows the link of the mail, signs in and makes an organisation, all over HTTP. */
export async function newOrganiser(hall: Hall, name = 'Ada Lovelace'): Promise<Organiser> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@harbour.example`;
  const nobody = new PsephosHttp({ baseUrl: hall.url });
  const post = <T>(path: string, body: object) => nobody.call<T>({ method: 'POST', path, body });
  await post('/v1/auth/register', { email, password: PASSWORD, name });
  await post('/v1/auth/verify-email', { token: await tokenFromMail(hall, email, 'verify') });
  const { access_token: secret } = await post<SignedInView>('/v1/auth/login', { email, password: PASSWORD });
  const signedIn = new PsephosHttp({ baseUrl: hall.url, secret });
  const { org_id: orgId } = await signedIn.call<OrganisationView>({
    method: 'POST',
    path: '/v1/organisations',
    body: { name: 'Harbour Cooperative' },
  });
  const http = new PsephosHttp({ baseUrl: hall.url, secret, headers: () => ({ 'x-org-id': orgId }) });
  return { email, password: PASSWORD, orgId, http };
}

/** Signs in on the page and ends at `next`. */
export async function signIn(
  page: Page,
  hall: Hall,
  { email, password }: Organiser,
  next = '/moderate',
): Promise<void> {
  await page.goto(`${hall.url}/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL(hall.url + next);
}

/** A page of the console, signed in, and what goes wrong on it unseen. */
export async function openConsole(
  browser: Browser,
  hall: Hall,
  organiser: Organiser,
  next = '/moderate',
): Promise<{ readonly page: Page; readonly said: readonly string[] }> {
  const page = await openPage(browser, { viewport: DESK });
  const said = watchConsole(page);
  await signIn(page, hall, organiser, next);
  return { page, said };
}

/** What a click downloads, as text. */
export async function downloaded(page: Page, click: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  const file = await download.path();
  return readFileSync(file, 'utf8');
}
