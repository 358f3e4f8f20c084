// The list at the door: what the server knows, and what was ticked here and not yet sent. Pure.
import type { Claim } from '@/client/contract'
import { endsAt } from './home'
import { holdsPlace } from './states'
import { ticketIn } from './ticket'

/** Whose check-ins a letter of the outbox carries, if it is for this product. */
export function claimsIn(letter: { path: string; body: Record<string, unknown> }, product: string): string[] {
  const way = `/api/v1/products/${product}/`
  if (!letter.path.startsWith(way)) return []
  if (letter.path === `${way}check-ins`) return (letter.body.tickets as { ticket: string }[]).flatMap(({ ticket }) => ticketIn(ticket)?.claim ?? [])
  const ticked = /^claims\/(\d+)\/check-in$/.exec(letter.path.slice(way.length))
  return ticked ? [ticked[1]!] : []
}

export type Attending = Claim & { unsent?: boolean }

export function merged(claims: readonly Claim[], unsent: readonly string[]): Attending[] {
  const waiting = new Set(unsent)
  return claims
    .filter((c) => holdsPlace(c.state) || c.state === 'completed' || c.state === 'no_show')
    .map((c) => (c.state === 'confirmed' && waiting.has(c.claimId) ? { ...c, state: 'checked_in' as const, unsent: true } : c))
    .sort((a, b) => (a.memberName ?? '').localeCompare(b.memberName ?? '', 'zh'))
}

const opensBeforeMs = 24 * 3_600_000 // as the server has it

/** Whether one can be checked in now: from a day before the first session to the end of the last. */
export function doorIsOpen(c: Pick<Claim, 'sessions'>, now: number): boolean {
  const starts = c.sessions[0]?.starts
  return !!starts && new Date(starts).getTime() - opensBeforeMs <= now && now < endsAt(c)
}

export const checkedIn = (claims: readonly Attending[]): number => claims.filter((c) => c.state === 'checked_in' || c.state === 'completed').length
