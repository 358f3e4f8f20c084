// What became different between two moments. Pure.
import type { ProductView, RequestDifference, RequestView } from '@/client/contract'

export type Change = 'came' | 'went' | 'moved' | 'late' | 'other'
export const changes: Change[] = ['came', 'went', 'moved', 'late', 'other']

/** In which of the lists a request stands: one that moved may have become overdue, too. */
export function changesOf({ before, after }: Pick<RequestDifference, 'before' | 'after'>): Change[] {
  const found: Change[] = []
  if (!before) found.push('came')
  if (!after) found.push('went')
  if (before && after && (before.state !== after.state || before.organisation?.id !== after.organisation?.id)) found.push('moved')
  if (after?.overdue && !before?.overdue) found.push('late')
  return found.length ? found : ['other']
}

/** How many events of each type, the most frequent first. */
export function summed(pages: readonly { type: string; count: number }[]): { type: string; count: number }[] {
  const sums = new Map<string, number>()
  for (const { type, count } of pages) sums.set(type, (sums.get(type) ?? 0) + count)
  return [...sums].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count || a.type.localeCompare(b.type))
}

export interface FieldChange {
  field: string
  before: string
  after: string
}
type Shown = Record<string, string>

/** What of a request can become different, as words of the server: states and moments are still to be told. */
export const requestFacts = (r: RequestView): Shown => ({
  state: r.state,
  organisation: r.organisation?.name ?? '',
  official: r.officialName ?? '',
  category: r.category,
  due: r.due?.at ?? '',
  overdue: String(r.overdue),
  resolvedAt: r.resolvedAt ?? '',
  closedAt: r.closedAt ?? '',
  stars: r.rating ? String(r.rating.stars) : '',
  photos: String(r.photos.length),
})

export const productFacts = (p: ProductView): Shown => ({
  state: p.state,
  organisation: p.organisation?.name ?? '',
  title: p.title,
  description: p.description,
  capacity: String(p.capacity),
  placesLeft: String(p.placesLeft),
  waiting: String(p.waiting),
  sessions: p.sessions.map((s) => `${s.starts}`).join(' '),
  pictures: String(p.pictures.length),
  ratings: String(p.ratings),
  stars: p.stars === undefined ? '' : p.stars.toFixed(1),
  reason: p.cancelReason ?? '',
})

/** The facts that differ, in their order; `before` is nothing where it was not there yet. */
export function fieldChanges(before: Shown | undefined, after: Shown): FieldChange[] {
  return Object.keys(after).flatMap((field) => ((before?.[field] ?? '') === after[field] ? [] : [{ field, before: before?.[field] ?? '', after: after[field]! }]))
}
