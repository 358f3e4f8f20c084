// Counts of a board as figures. Pure.
import type { BoardColumn, RequestCard } from '@/client/contract'
import { isOpen } from './states'

export interface Figure {
  id: string // of the place; '': it is none
  step?: string // of the open ones; absent: all of them
  name: string
  count: number
  overdue: number
}
type Column = Pick<BoardColumn, 'state' | 'count' | 'overdue'>
/** The steps in which something is still to be done. */
export const openSteps: readonly string[] = ['submitted', 'accepted', 'in_progress', 'awaiting_confirmation']

/** The open steps in their order, those without a request too. */
export const stepsOf = (columns: readonly Column[]): Column[] =>
  openSteps.map((state) => {
    const found = columns.find((c) => c.state === state)
    return { state: state as Column['state'], count: found?.count ?? 0, overdue: found?.overdue ?? 0 }
  })

export function openOf(columns: readonly Column[]): { count: number; overdue: number } {
  const open = columns.filter((c) => isOpen(c.state))
  return { count: open.reduce((n, c) => n + c.count, 0), overdue: open.reduce((n, c) => n + c.overdue, 0) }
}

/** A part of a whole in percent, to one digit behind the point where there is something to see: "12.5", "100". */
export function shareOf(part: number, whole: number): string {
  return whole === 0 ? '0' : String(Math.round((part * 1_000) / whole) / 10)
}

/** How many of these stand with each organisation, the most first. */
export function partsOf(cards: readonly Pick<RequestCard, 'organisation'>[]): { name: string; n: number }[] {
  const parts = new Map<string, { name: string; n: number }>()
  for (const { organisation } of cards) {
    const part = parts.get(organisation?.id ?? '')
    if (part) part.n++
    else parts.set(organisation?.id ?? '', { name: organisation?.name ?? '', n: 1 })
  }
  return [...parts.values()].sort((a, b) => b.n - a.n || a.name.localeCompare(b.name))
}
