import { Field } from '../ui/field.tsx';
import { t } from './texts.ts';

interface Typed {
  readonly id: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly error: string | undefined;
}

/** The address that an account goes by. */
export function EmailField(props: Typed) {
  return <Field {...props} type="email" label={t('signIn.email')} autocomplete="username" inputMode="email" required />;
}

/** A password that is chosen now. */
export function NewPasswordField({ label, ...typed }: Typed & { readonly label: string }) {
  return (
    <Field
      {...typed}
      type="password"
      label={label}
      hint={t('register.passwordHint')}
      autocomplete="new-password"
      maxLength={256}
      required
    />
  );
}

/** The password of the account, asked for again before something that matters. */
export function PresentPasswordField(props: Typed) {
  return <Field {...props} type="password" label={t('account.presentPassword')} autocomplete="current-password" />;
}
