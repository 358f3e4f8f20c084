// When what waits in the outbox is sent, and until when it can be taken back. Pure; times in ms since 1970 by this device.
export interface Waiting {
  at: number // when it was said
  notBefore: number // 0: at once
  pauseMs: number // after failed attempts
}

export const undoMs = 10 * 60_000

export const due = (w: Waiting, now: number): boolean => now >= w.notBefore
export const undoable = (w: Waiting, now: number): boolean => w.notBefore > now
export const minutesLeft = (w: Waiting, now: number): number => Math.max(0, Math.ceil((w.notBefore - now) / 60_000))
