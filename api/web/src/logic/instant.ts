// Moments as the log has them: to the microsecond, which a Date does not know. Pure.

const written = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/** Microseconds since 1970; nothing where the text is no moment. */
export function microsOf(iso: string): bigint | undefined {
  const found = written.exec(iso)
  const ms = found ? Date.parse(`${found[1]}${found[3]}`) : NaN
  if (!found || Number.isNaN(ms)) return undefined
  return BigInt(ms) * 1_000n + BigInt((found[2] ?? '').padEnd(6, '0').slice(0, 6) || '0')
}

/** "2026-03-01T08:00:00Z", with as many digits behind the second as it needs. */
export function isoOf(micros: bigint): string {
  const seconds = micros / 1_000_000n - (micros % 1_000_000n < 0n ? 1n : 0n)
  const rest = micros - seconds * 1_000_000n
  const whole = new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)
  const digits = String(rest).padStart(6, '0').replace(/0+$/, '')
  return `${whole}${digits ? `.${digits}` : ''}Z`
}

export const isoOfMs = (ms: number): string => isoOf(BigInt(Math.trunc(ms)) * 1_000n)

/** The moment in an address; '': none, or nothing that is one. */
export const momentIn = (text: unknown): string => (typeof text === 'string' && microsOf(text) !== undefined ? text : '')

/** A moment before or after this one, by microseconds. */
export const shifted = (iso: string, micros: bigint): string => isoOf((microsOf(iso) ?? 0n) + micros)

export function earlier(a: string, b: string): boolean {
  return (microsOf(a) ?? 0n) < (microsOf(b) ?? 0n)
}

/** So many days away by the calendar of this place, at the same time of day. */
export function daysAway(ms: number, days: number): number {
  const t = new Date(ms)
  t.setDate(t.getDate() + days)
  return t.getTime()
}

/** So many months away; the last day of a shorter month stands for those that it lacks. */
export function monthsAway(ms: number, months: number): number {
  const t = new Date(ms)
  const day = t.getDate()
  t.setDate(1)
  t.setMonth(t.getMonth() + months)
  const last = new Date(t.getFullYear(), t.getMonth() + 1, 0).getDate()
  t.setDate(Math.min(day, last))
  return t.getTime()
}

const two = (n: number) => String(n).padStart(2, '0')

/** As a field for date and time takes it: of this place, to the second. */
export function fieldOf(ms: number): string {
  const t = new Date(ms)
  return `${String(t.getFullYear()).padStart(4, '0')}-${two(t.getMonth() + 1)}-${two(t.getDate())}T${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`
}

/** What such a field says; nothing while it is not filled in. */
export function ofField(text: string): number | undefined {
  const ms = new Date(text).getTime()
  return text && !Number.isNaN(ms) ? ms : undefined
}

/** The newest of these moments before `at`, or the oldest after it; '' where there is none. Ascending. */
export function beside(moments: readonly string[], at: string, way: 'before' | 'after'): string {
  const micros = microsOf(at)
  if (micros === undefined) return way === 'before' ? (moments.at(-1) ?? '') : ''
  if (way === 'after') return moments.find((m) => microsOf(m)! > micros) ?? ''
  return moments.findLast((m) => microsOf(m)! < micros) ?? ''
}
