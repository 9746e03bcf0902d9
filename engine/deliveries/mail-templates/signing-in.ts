import type { MailData, MailLocale } from '../mail.ts';
import type { Letter } from './letter.ts';
import { greeting, linkWorks } from './wording.ts';

/** Mails about an account. What nobody asked for says so and asks for nothing. */

type Texts<Name extends keyof MailData> = Readonly<Record<MailLocale, (data: MailData[Name]) => Letter>>;

const NOT_YOU = {
  en: 'If this was not you, you need not do anything: without the link nothing happens.',
  de: 'Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ohne den Link geschieht nichts.',
};

export const verifyEmail: Texts<'verify-email'> = {
  en: ({ name, link, validForMinutes }) => ({
    subject: 'Confirm your e-mail address',
    greeting: greeting('en', name),
    paragraphs: ['Somebody has registered with this e-mail address. Confirm that it is yours to use the account.'],
    action: { label: 'Confirm the address', link },
    notes: [linkWorks('en', validForMinutes), NOT_YOU.en],
  }),
  de: ({ name, link, validForMinutes }) => ({
    subject: 'Bestätigen Sie Ihre E-Mail-Adresse',
    greeting: greeting('de', name),
    paragraphs: [
      'Jemand hat sich mit dieser E-Mail-Adresse angemeldet. Bestätigen Sie, dass sie Ihnen gehört, um das Konto zu nutzen.',
    ],
    action: { label: 'Adresse bestätigen', link },
    notes: [linkWorks('de', validForMinutes), NOT_YOU.de],
  }),
};

export const accountExists: Texts<'account-exists'> = {
  en: ({ name, signInLink }) => ({
    subject: 'You already have an account',
    greeting: greeting('en', name),
    paragraphs: [
      'Somebody tried to register with this e-mail address, which already has an account. If it was you, sign in; if you have forgotten your password, you can choose a new one there.',
    ],
    action: { label: 'Sign in', link: signInLink },
    notes: ['If this was not you, you need not do anything: nothing about your account has changed.'],
  }),
  de: ({ name, signInLink }) => ({
    subject: 'Sie haben bereits ein Konto',
    greeting: greeting('de', name),
    paragraphs: [
      'Jemand wollte sich mit dieser E-Mail-Adresse registrieren, zu der es schon ein Konto gibt. Wenn Sie das waren, melden Sie sich an; haben Sie Ihr Passwort vergessen, können Sie dort ein neues wählen.',
    ],
    action: { label: 'Anmelden', link: signInLink },
    notes: ['Wenn Sie das nicht waren, brauchen Sie nichts zu tun: An Ihrem Konto hat sich nichts geändert.'],
  }),
};

export const magicLink: Texts<'magic-link'> = {
  en: ({ name, link, validForMinutes }) => ({
    subject: 'Your link to sign in',
    greeting: greeting('en', name),
    paragraphs: ['Follow this link to sign in. Whoever has it can sign in as you: do not pass it on.'],
    action: { label: 'Sign in', link },
    notes: [linkWorks('en', validForMinutes), NOT_YOU.en],
  }),
  de: ({ name, link, validForMinutes }) => ({
    subject: 'Ihr Link zum Anmelden',
    greeting: greeting('de', name),
    paragraphs: [
      'Mit diesem Link melden Sie sich an. Wer ihn hat, kann sich als Sie anmelden: Geben Sie ihn nicht weiter.',
    ],
    action: { label: 'Anmelden', link },
    notes: [linkWorks('de', validForMinutes), NOT_YOU.de],
  }),
};

export const passwordReset: Texts<'password-reset'> = {
  en: ({ name, link, validForMinutes }) => ({
    subject: 'Choose a new password',
    greeting: greeting('en', name),
    paragraphs: ['Somebody has asked to choose a new password for your account.'],
    action: { label: 'Choose a new password', link },
    notes: [linkWorks('en', validForMinutes), NOT_YOU.en],
  }),
  de: ({ name, link, validForMinutes }) => ({
    subject: 'Wählen Sie ein neues Passwort',
    greeting: greeting('de', name),
    paragraphs: ['Jemand möchte für Ihr Konto ein neues Passwort wählen.'],
    action: { label: 'Neues Passwort wählen', link },
    notes: [linkWorks('de', validForMinutes), NOT_YOU.de],
  }),
};

export const passwordChanged: Texts<'password-changed'> = {
  en: ({ name, resetLink }) => ({
    subject: 'Your password was changed',
    greeting: greeting('en', name),
    paragraphs: ['The password of your account was changed, and all other sessions were signed out.'],
    notes: [`If this was not you, choose a new password at once: ${resetLink}`],
  }),
  de: ({ name, resetLink }) => ({
    subject: 'Ihr Passwort wurde geändert',
    greeting: greeting('de', name),
    paragraphs: ['Das Passwort Ihres Kontos wurde geändert; alle anderen Sitzungen wurden abgemeldet.'],
    notes: [`Wenn Sie das nicht waren, wählen Sie sofort ein neues Passwort: ${resetLink}`],
  }),
};

export const emailChange: Texts<'email-change'> = {
  en: ({ name, link, validForMinutes }) => ({
    subject: 'Confirm your new e-mail address',
    greeting: greeting('en', name),
    paragraphs: [
      'This address is to become the e-mail address of an account. Until you confirm it, the old one stays in use.',
    ],
    action: { label: 'Confirm the new address', link },
    notes: [linkWorks('en', validForMinutes), NOT_YOU.en],
  }),
  de: ({ name, link, validForMinutes }) => ({
    subject: 'Bestätigen Sie Ihre neue E-Mail-Adresse',
    greeting: greeting('de', name),
    paragraphs: [
      'Diese Adresse soll die E-Mail-Adresse eines Kontos werden. Bis Sie sie bestätigen, gilt die alte weiter.',
    ],
    action: { label: 'Neue Adresse bestätigen', link },
    notes: [linkWorks('de', validForMinutes), NOT_YOU.de],
  }),
};
