// What may be claimed, and how much. Pure.
import type { ProductView } from '@/client/contract'

type Offered = Pick<ProductView, 'state' | 'placesLeft' | 'waitlist' | 'sessions' | 'opensAt' | 'closesAt'>

/** Why it cannot be claimed: it begins `later`, it is `over` (or too late), it is `full`, or it is not offered. */
export function closedBecause(p: Offered, now: number): 'later' | 'over' | 'full' | 'closed' {
  if (p.state !== 'published') return 'closed'
  if (p.opensAt && new Date(p.opensAt).getTime() > now) return 'later'
  const closes = closesAt(p)
  return closes && closes <= now ? 'over' : 'full'
}

const closesAt = (p: Offered): number | undefined => {
  const at = p.closesAt ?? p.sessions[0]?.starts
  return at ? new Date(at).getTime() : undefined
}

/** `yes`: places are left; `wait`: only the waiting list; `no`: not now. */
export function claimable(p: Offered, now: number): 'yes' | 'wait' | 'no' {
  if (p.state !== 'published') return 'no'
  if (p.opensAt && new Date(p.opensAt).getTime() > now) return 'no'
  const closes = closesAt(p)
  if (closes && closes <= now) return 'no'
  if (p.placesLeft > 0) return 'yes'
  return p.waitlist ? 'wait' : 'no'
}

/** At most so many places in one claim: what one person may hold, less what they hold; what is left, unless one can wait. */
export function placesMost(p: Pick<ProductView, 'maxPerMember' | 'placesLeft' | 'waitlist' | 'capacity'>, held: number): number {
  const allowed = Math.max(0, p.maxPerMember - held)
  return p.waitlist ? Math.min(allowed, p.capacity) : Math.min(allowed, p.placesLeft)
}
