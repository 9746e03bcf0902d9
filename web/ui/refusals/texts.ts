import { textsOf } from '../i18n.ts';
import { de } from './de.ts';
import { en } from './en.ts';

export const words = textsOf('refusals', { en, de });
