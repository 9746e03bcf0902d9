import type { ComponentChildren } from 'preact';
import { Button } from './button.tsx';
import { ErrorSummary } from './field.tsx';
import type { IconName } from './icon.tsx';
import type { Submission } from './submission.ts';

type Kind = 'primary' | 'plain';

/** The button that sends a form; whatever is wrong with no field in particular leads to it. */
export function SubmitButton(props: {
  readonly form: Submission;
  readonly children: ComponentChildren;
  readonly kind?: Kind;
  readonly wide?: boolean;
  readonly icon?: IconName;
}) {
  const { form, children, kind = 'primary', wide = false, icon } = props;
  return (
    <Button id={form.at} kind={kind} type="submit" wide={wide} icon={icon} busy={form.busy}>
      {children}
    </Button>
  );
}

/**
 * A form: what is wrong with it on top, its fields, and the button that sends it and shows that it is being sent. Checked
 * in our own words, not the browser's.
 */
export function Form(props: {
  readonly form: Submission;
  readonly onSubmit: () => unknown;
  /** above the errors: the heading, and what the form is for */
  readonly head?: ComponentChildren;
  readonly children: ComponentChildren;
  /** words of the button; left out where a SubmitButton stands among the fields */
  readonly act?: string;
  readonly kind?: Kind;
  /** the button as wide as the column: forms on phones */
  readonly wide?: boolean;
  /** other buttons, beside the one that sends */
  readonly beside?: ComponentChildren;
  /** below the buttons */
  readonly foot?: ComponentChildren;
  readonly class?: string;
}) {
  const { form, onSubmit, head, children, act, kind = 'primary', wide = false, beside, foot } = props;
  const submit = act !== undefined && (
    <SubmitButton form={form} kind={kind} wide={wide}>
      {act}
    </SubmitButton>
  );
  return (
    <form
      class={props.class ?? 'stack'}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void onSubmit();
      }}
    >
      {head}
      <ErrorSummary errors={form.errors} />
      {children}
      {wide || act === undefined ? (
        submit
      ) : (
        <div class="row">
          {submit}
          {beside}
        </div>
      )}
      {foot}
    </form>
  );
}
