import { signal } from '@preact/signals';

/** How far the gateway's clock is ahead of this device's, in milliseconds; 0 until a connection has told. */
const aheadMs = signal(0);

/** Takes the time that the gateway has just sent. It is as old as the way it came, some tens of milliseconds. */
export function setServerTime(moment: string): void {
  aheadMs.value = Date.parse(moment) - Date.now();
}

/** The gateway's present time, in milliseconds since 1970: votes end by its clock, whatever this device's says. */
export function serverNow(): number {
  return Date.now() + aheadMs.value;
}
