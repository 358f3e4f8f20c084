// What concerns a member first. Pure.
import type { Claim, RequestCard } from '@/client/contract'
import { holdsPlace, isOpen } from './states'

/** Open requests; those that wait for the member's own answer stand first, then the next clock. */
export function concerning(requests: readonly RequestCard[]): RequestCard[] {
  const first = (r: RequestCard) => (r.state === 'awaiting_confirmation' ? 0 : 1)
  return requests
    .filter((r) => isOpen(r.state))
    .sort((a, b) => first(a) - first(b) || (a.due?.at ?? '9').localeCompare(b.due?.at ?? '9'))
}

export function endsAt(c: Pick<Claim, 'sessions'>): number {
  return Math.max(0, ...c.sessions.map((s) => new Date(s.ends ?? s.starts ?? 0).getTime()))
}

/** Places that are held and not over, the next one first. */
export function nextTickets(claims: readonly Claim[], now: number): Claim[] {
  return claims
    .filter((c) => holdsPlace(c.state) && endsAt(c) > now)
    .sort((a, b) => (a.sessions[0]?.starts ?? '').localeCompare(b.sessions[0]?.starts ?? ''))
}
