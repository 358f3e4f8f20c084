// Which organisation "near me" means: the member's district, or the nearest above them. Pure.
import type { Organisation } from '@/client/contract'

export function nearOrganisation(own: Pick<Organisation, 'id' | 'level' | 'ancestors'>): string {
  // ancestors: root first. A city's direct child is the district.
  return own.ancestors[1]?.id ?? own.id
}

/** Rounded down, so that the same question within an hour has the same answer kept. */
export const wholeHour = (ms: number): string => new Date(Math.floor(ms / 3_600_000) * 3_600_000).toISOString().replace('.000', '')
