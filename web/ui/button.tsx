import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { Icon, type IconName } from './icon.tsx';

export interface ButtonProps {
  readonly children: ComponentChildren;
  /** primary: the one act of the page; signal: cannot be undone; plain: everything else; quiet: text only */
  readonly kind?: 'primary' | 'signal' | 'plain' | 'quiet';
  readonly type?: 'button' | 'submit';
  readonly icon?: IconName | undefined;
  /** as wide as its column */
  readonly wide?: boolean;
  /** at work: says so, and takes no second click */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onClick?: (event: TargetedMouseEvent<HTMLButtonElement>) => void;
  /** where the words alone do not say what it acts on */
  readonly label?: string;
  readonly id?: string;
}

/** A busy button keeps the focus: `disabled` would take it away from keyboards. */
export function Button({
  children,
  kind = 'plain',
  type = 'button',
  icon,
  wide = false,
  busy = false,
  disabled = false,
  onClick,
  label,
  id,
}: ButtonProps) {
  return (
    <button
      id={id}
      type={type}
      class={`button button-${kind}${wide ? ' button-wide' : ''}`}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      aria-label={label}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {busy ? <span class="spinner" aria-hidden="true" /> : icon !== undefined && <Icon name={icon} />}
      <span>{children}</span>
    </button>
  );
}

/** A button that is a picture only; `label` says what it does. */
export function IconButton(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly id?: string;
}) {
  const { icon, label, onClick, disabled = false, id } = props;
  return (
    <button
      id={id}
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-disabled={disabled || undefined}
      onClick={() => {
        if (!disabled) onClick();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}
