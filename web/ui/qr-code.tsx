import type { QrPath } from './qr.ts';

/** A QR code: dark on white in both themes, since some scanners read no other. `label` says what it leads to. */
export function QrCode({ path, label }: { readonly path: QrPath; readonly label: string }) {
  return (
    <svg
      class="qr"
      viewBox={`0 0 ${path.size} ${path.size}`}
      role="img"
      aria-label={label}
      shape-rendering="crispEdges"
    >
      <rect width={path.size} height={path.size} fill="#fff" />
      <path d={path.d} fill="#000" />
    </svg>
  );
}
