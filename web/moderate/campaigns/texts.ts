import { textsOf } from '../../ui/i18n.ts';
import { de } from './texts/de.ts';
import { en } from './texts/en.ts';
import { de as figuresDe } from './texts/figures-de.ts';
import { en as figuresEn } from './texts/figures-en.ts';

export const t = textsOf('moderate-campaigns', { en: { ...en, ...figuresEn }, de: { ...de, ...figuresDe } });
