import type { PsephosError } from '../../client/index.ts';
import type { FieldError } from '../ui/field.tsx';
import { t } from './texts.ts';

/** Names of the fields that the gateway finds fault with. */
export function faultyFields({ details }: PsephosError): readonly string[] {
  const fields = Array.isArray(details.fields) ? (details.fields as readonly { readonly path: string }[]) : [];
  return fields.map(({ path }) => path);
}

/**
 * Acts that ask for the present password: what was wrong with it, at its field.
 * @param field id of the field on the page
 * @param hasPassword whether the account has one; else only a fresh sign-in will do
 */
export function explainConfirmation(field: string, hasPassword: boolean) {
  return (error: PsephosError): readonly FieldError[] | undefined => {
    const named = faultyFields(error);
    if (named.includes('current_password') || named.includes('password')) {
      return [{ field, text: t('account.passwordWrong') }];
    }
    if (error.details.reason !== 'not_confirmed') return undefined;
    return [{ field, text: hasPassword ? t('account.passwordNeeded') : t('account.signInAgain') }];
  };
}

/** What the gateway says of an address and a password that somebody chooses. */
export function explainChosen(error: PsephosError): readonly FieldError[] | undefined {
  const named = faultyFields(error);
  const found = [
    ...(named.includes('email') ? [{ field: 'email', text: t('signIn.emailWrong') }] : []),
    ...(named.includes('password') ? [{ field: 'password', text: t('account.passwordWeak') }] : []),
  ];
  return found.length === 0 ? undefined : found;
}
