// Counts of a board as figures. Pure.
import type { BoardColumn } from '@/client/contract'
import { isOpen } from './states'

export interface Figure {
  id: string // of the place; '': it is none
  name: string
  count: number
  overdue: number
}
type Column = Pick<BoardColumn, 'state' | 'count' | 'overdue'>
const steps = ['submitted', 'accepted', 'in_progress', 'awaiting_confirmation']

/** The open steps in their order, those without a request too. */
export const stepsOf = (columns: readonly Column[]): Column[] =>
  steps.map((state) => {
    const found = columns.find((c) => c.state === state)
    return { state: state as Column['state'], count: found?.count ?? 0, overdue: found?.overdue ?? 0 }
  })

export function openOf(columns: readonly Column[]): { count: number; overdue: number } {
  const open = columns.filter((c) => isOpen(c.state))
  return { count: open.reduce((n, c) => n + c.count, 0), overdue: open.reduce((n, c) => n + c.overdue, 0) }
}
