// What may be claimed, and how much. Pure.
import type { ProductView } from '@/client/contract'

type Offered = Pick<ProductView, 'state' | 'placesLeft' | 'waitlist' | 'sessions' | 'opensAt' | 'closesAt'>

/** `yes`: places are left; `wait`: only the waiting list; `no`: not now. */
export function claimable(p: Offered, now: number): 'yes' | 'wait' | 'no' {
  if (p.state !== 'published') return 'no'
  if (p.opensAt && new Date(p.opensAt).getTime() > now) return 'no'
  const closes = p.closesAt ?? p.sessions[0]?.starts
  if (closes && new Date(closes).getTime() <= now) return 'no'
  if (p.placesLeft > 0) return 'yes'
  return p.waitlist ? 'wait' : 'no'
}

/** At most so many places in one claim: what one person may hold, less what they hold; what is left, unless one can wait. */
export function placesMost(p: Pick<ProductView, 'maxPerMember' | 'placesLeft' | 'waitlist' | 'capacity'>, held: number): number {
  const allowed = Math.max(0, p.maxPerMember - held)
  return p.waitlist ? Math.min(allowed, p.capacity) : Math.min(allowed, p.placesLeft)
}
