// What a figure counts, read from the board as it stood: the requests themselves, counted again one by one.
import type { Board, BoardColumn, RequestCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import type { Moment } from '@/history/use_moment'
import { useReadAt } from '@/history/use_read_at'
import { openSteps } from '@/logic/figures'

export interface Why {
  board: Board
  items: RequestCard[] // of the steps that are meant; only those overdue, where that is meant
  whole: boolean // all of them were read, and nothing happened meanwhile
}

export const countedMost = 2_000 // requests that are read for one figure
const pageMost = 200

/** `step`: one of the open ones, "open" for all of them; `overdue`: only those whose time ran out. */
export function useWhy(moment: Moment, organisation: () => string, step: () => string, overdue: () => boolean) {
  async function readColumn(state: BoardColumn['state'], asOf: string | undefined, board: Board, into: RequestCard[]): Promise<boolean> {
    let cursor: string | undefined
    let steady = true
    do {
      const query = { subtree: true, column: state, limit: pageMost, ...(cursor ? { cursor } : {}), ...(asOf ? { asOf } : {}) }
      const page = await answer(api.GET('/api/v1/boards/{organisation}', { params: { path: { organisation: organisation() }, query } }))
      steady &&= page.position === board.position
      const column = page.columns.find((c) => c.state === state)
      const cards = column?.cards ?? []
      const wanted = overdue() ? cards.filter((c) => c.overdue) : cards
      into.push(...wanted)
      // Overdue ones stand first: behind the first that is not, there are none.
      cursor = overdue() && wanted.length < cards.length ? undefined : column?.nextCursor
      if (cursor && into.length >= countedMost) return false
    } while (cursor)
    return steady
  }
  async function ask(asOf?: string): Promise<Why> {
    const board = await answer(api.GET('/api/v1/boards/{organisation}', { params: { path: { organisation: organisation() }, query: { subtree: true, limit: 1, ...(asOf ? { asOf } : {}) } } }))
    const items: RequestCard[] = []
    let whole = true
    for (const state of step() === 'open' ? openSteps : [step()]) whole = (await readColumn(state as BoardColumn['state'], asOf, board, items)) && whole
    return { board, items, whole }
  }
  return useReadAt<Why>(moment, () => (organisation() ? `why/${organisation()}/${step()}/${overdue()}` : ''), ask)
}
