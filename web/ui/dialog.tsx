import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from './button.tsx';
import { t } from './i18n.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly children: ComponentChildren;
  /** Escape, or a click beside it */
  readonly onClose: () => void;
}

/** A native modal dialog: it holds the focus and gives it back. */
export function Dialog({ open, title, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // with the drawing, not after it: while a modal dialog is open whatever is typed into the page is lost
  useLayoutEffect(() => {
    const dialog = box.current;
    if (dialog === null || dialog.open === open) return;
    if (open) dialog.showModal();
    else dialog.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the dialog's own key and gives onCancel
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose();
      }}
    >
      {open && (
        <div class="dialog-body">
          <h2 id={heading}>{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  );
}

export interface ConfirmDialogProps extends DialogProps {
  /** what the act is called, e.g. 'Close the vote' */
  readonly confirm: string;
  readonly onConfirm: () => void;
  readonly busy?: boolean;
  /** it cannot be undone: in the signal colour */
  readonly signal?: boolean;
}

/** Asks before an act. The way back comes first in the tab order and is the safe one. */
export function ConfirmDialog({ confirm, onConfirm, busy = false, signal = false, ...dialog }: ConfirmDialogProps) {
  return (
    <Dialog {...dialog}>
      {dialog.children}
      <div class="dialog-acts">
        <Button onClick={dialog.onClose}>{t('dialog.back')}</Button>
        <Button kind={signal ? 'signal' : 'primary'} busy={busy} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}
