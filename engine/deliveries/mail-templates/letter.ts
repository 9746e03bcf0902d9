import type { Appointment, MailLocale, Unsubscribe } from '../mail.ts';

/** What a template says, before it is made text and HTML. */
export interface Letter {
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  /** the one thing to do */
  readonly action?: { readonly label: string; readonly link: string };
  /** after the action, e.g. what to do when the mail was not expected */
  readonly notes?: readonly string[];
  /** its page is named at the foot */
  readonly unsubscribe?: Unsubscribe;
  readonly appointment?: Appointment | undefined;
}

export interface RenderedLetter {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly unsubscribe?: Unsubscribe | undefined;
  readonly appointment?: Appointment | undefined;
}

const CLOSING: Readonly<Record<MailLocale, string>> = {
  en: 'This message was sent by Psephos. Please do not reply to it.',
  de: 'Diese Nachricht wurde von Psephos verschickt. Bitte antworten Sie nicht darauf.',
};

const STOP: Readonly<Record<MailLocale, string>> = {
  en: 'No more of these mails:',
  de: 'Keine solchen Mails mehr:',
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** One line, whatever somebody has called a meeting: a line break would begin another header, or fake another paragraph. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}

/**
 * Text and HTML of the same words. No picture and nothing else that is loaded from anywhere: opening the mail tells
 * nobody. The link stands in full beside the button, so that it can be read before it is followed.
 */
export function renderLetter(letter: Letter, locale: MailLocale): RenderedLetter {
  const { action } = letter;
  const subject = oneLine(letter.subject);
  const greeting = oneLine(letter.greeting);
  const paragraphs = letter.paragraphs.map(oneLine);
  const notes = (letter.notes ?? []).map(oneLine);
  const text = [
    greeting,
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}:\n${action.link}`]),
    ...notes,
    `-- \n${CLOSING[locale]}${letter.unsubscribe === undefined ? '' : `\n${STOP[locale]}\n${letter.unsubscribe.page}`}`,
  ].join('\n\n');
  const paragraph = (words: string) => `<p style="margin:0 0 16px">${escaped(words)}</p>`;
  const button =
    action === undefined
      ? []
      : [
          `<p style="margin:0 0 16px"><a href="${escaped(action.link)}" style="display:inline-block;padding:12px 20px;` +
            `background:#1f4f8f;color:#ffffff;text-decoration:none;border-radius:6px">${escaped(action.label)}</a></p>`,
          `<p style="margin:0 0 16px;word-break:break-all;color:#444444">${escaped(action.link)}</p>`,
        ];
  const html = [
    `<!doctype html><html lang="${locale}"><head><meta charset="utf-8"><title>${escaped(subject)}</title></head>`,
    '<body style="margin:0;padding:24px;font:16px/1.5 sans-serif;color:#111111;background:#ffffff"><div style="max-width:560px">',
    paragraph(greeting),
    ...paragraphs.map(paragraph),
    ...button,
    ...notes.map(paragraph),
    `<p style="margin:24px 0 0;color:#666666;font-size:14px">${escaped(CLOSING[locale])}</p>`,
    ...(letter.unsubscribe === undefined ? [] : [footLink(STOP[locale], letter.unsubscribe.page)]),
    '</div></body></html>',
  ].join('\n');
  const { unsubscribe, appointment } = letter;
  return { subject, text: `${text}\n`, html, unsubscribe, appointment };
}

function footLink(words: string, link: string): string {
  return (
    `<p style="margin:8px 0 0;color:#666666;font-size:14px;word-break:break-all">${escaped(words)} ` +
    `<a href="${escaped(link)}" style="color:#666666">${escaped(link)}</a></p>`
  );
}
