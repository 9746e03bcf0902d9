import { textsOf } from '../ui/i18n.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';

export const t = textsOf('campaigns', { en, de });
