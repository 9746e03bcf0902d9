import type { MailData, MailLocale } from '../mail.ts';
import type { Letter } from './letter.ts';
import { greeting } from './wording.ts';

/** The daily head of the audit chain, for administrators and auditors. */

type Texts<Name extends keyof MailData> = Readonly<Record<MailLocale, (data: MailData[Name]) => Letter>>;

export const auditHead: Texts<'audit-head'> = {
  en: ({ name, organisation, day, entries, line }) => ({
    subject: `${organisation}: audit record of ${day}`,
    greeting: greeting('en', name),
    paragraphs: [
      `The audit record of ${organisation} holds ${new Intl.NumberFormat('en').format(entries)} entries today. The line below is its signed end. Keep this mail: with it anybody can show later that nothing before it was changed, not even by whoever runs the server.`,
      line,
    ],
    notes: ['To compare, put the line into a file and run: npm run audit -- verify --heads FILE'],
  }),
  de: ({ name, organisation, day, entries, line }) => ({
    subject: `${organisation}: Prüfprotokoll vom ${day}`,
    greeting: greeting('de', name),
    paragraphs: [
      `Das Prüfprotokoll von ${organisation} hat heute ${new Intl.NumberFormat('de').format(entries)} Einträge. Die Zeile darunter ist sein unterschriebenes Ende. Bewahren Sie diese E-Mail auf: Mit ihr lässt sich später zeigen, dass nichts davor geändert wurde, auch nicht von denen, die den Server betreiben.`,
      line,
    ],
    notes: ['Zum Vergleichen die Zeile in eine Datei schreiben und ausführen: npm run audit -- verify --heads DATEI'],
  }),
};
