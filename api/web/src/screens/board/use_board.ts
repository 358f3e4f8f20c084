// The board's cards: read, paged, kept true by live events, changed at once and put back when refused.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { BoardColumn, RequestCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import { gathered, useLive } from '@/client/live'
import { onSent, send } from '@/client/outbox'
import { Problem } from '@/client/problem'
import { useRead } from '@/client/read'
import { newKey } from '@/logic/keys'
import { joined } from '@/logic/board'

const pageSize = 50
const order = ['submitted', 'accepted', 'in_progress', 'awaiting_confirmation', 'closed_confirmed', 'closed_unconfirmed']

export function useBoard(organisation: () => string) {
  const columns = shallowRef<BoardColumn[]>([])
  const name = ref('')
  const wrong = shallowRef<Problem>()
  const gone = new Set<string>() // taken out here, not yet by the server

  const read = useRead(
    () => (organisation() ? `board/${organisation()}` : ''),
    () => answer(api.GET('/api/v1/boards/{organisation}', { params: { path: { organisation: organisation() }, query: { subtree: true, limit: pageSize } } })),
  )
  watch(read.data, (view) => {
    if (!view) return
    name.value = view.organisation?.name ?? ''
    const before = new Map(columns.value.map((c) => [c.state, c]))
    columns.value = view.columns
      .filter((c) => order.includes(c.state))
      .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      .map((c) => {
        const old = before.get(c.state)
        const cards = joined(c.cards, old?.cards ?? [], pageSize, gone)
        return { ...c, cards, nextCursor: cards.length > pageSize ? old?.nextCursor : c.nextCursor }
      })
    gone.clear()
  })

  const again = gathered(() => void read.reload(), 120)
  useLive(() => (organisation() ? `organisation=${organisation()}` : ''), (what) => what.stream.startsWith('request/') && again(), again)
  onScopeDispose(onSent(again))

  const paging = new Set<string>()
  async function more(state: string): Promise<void> {
    const column = columns.value.find((c) => c.state === state)
    if (!column?.nextCursor || paging.has(state)) return
    paging.add(state)
    try {
      const page = await answer(
        api.GET('/api/v1/boards/{organisation}', { params: { path: { organisation: organisation() }, query: { subtree: true, column: state, cursor: column.nextCursor, limit: 100 } } }),
      )
      const fresh = page.columns.find((c) => c.state === state)
      const have = new Set(column.cards.map((c) => c.id))
      put(state, [...column.cards, ...(fresh?.cards ?? []).filter((c) => !have.has(c.id))], fresh?.nextCursor)
    } catch {
      // asked again at the next scroll
    }
    paging.delete(state)
  }
  function put(state: string, cards: RequestCard[], nextCursor: string | undefined): void {
    columns.value = columns.value.map((c) => (c.state === state ? { ...c, cards, nextCursor } : c))
  }

  /** Does `what` to a card: it moves at once to where it will be. */
  async function act(card: RequestCard, what: string, body: Record<string, unknown>, state: string, to?: string): Promise<void> {
    wrong.value = undefined
    gone.add(card.id)
    const leaves = state !== card.state || to !== undefined
    if (leaves)
      columns.value = columns.value.map((c) => {
        if (c.state === card.state) return { ...c, count: Math.max(0, c.count - 1), overdue: c.overdue - (card.overdue ? 1 : 0), cards: c.cards.filter((x) => x.id !== card.id) }
        if (c.state === state && !to) return { ...c, count: c.count + 1, cards: [{ ...card, state: state as RequestCard['state'] }, ...c.cards] }
        return c
      })
    const outcome = await send({ path: `/api/v1/requests/${card.id}/${what}`, body, about: `about.${what}`, link: `/requests/${card.id}`, key: newKey() })
    if ('problem' in outcome) {
      wrong.value = outcome.problem
      gone.delete(card.id)
    }
    again()
  }
  return { columns: computed(() => columns.value), name, problem: read.problem, reload: read.reload, wrong, more, act }
}
