// The board's cards: read, paged, kept true by live events, changed at once and put back when refused.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { BoardColumn, RequestCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import { gathered, useLive, type Happened } from '@/client/live'
import { onSent, send } from '@/client/outbox'
import { Problem } from '@/client/problem'
import { useRead } from '@/client/read'
import { joined } from '@/logic/board'

const pageSize = 50
const order = ['submitted', 'accepted', 'in_progress', 'awaiting_confirmation', 'closed_confirmed', 'closed_unconfirmed']

export function useBoard(organisation: () => string) {
  const columns = shallowRef<BoardColumn[]>([])
  const name = ref('')
  const wrong = shallowRef<Problem>()
  // What was done here, until an answer that was asked for afterwards has it.
  const doing = new Map<string, { card: RequestCard; state: string; away: boolean; answered: boolean }>()

  const moved = new Set<string>() // by anybody, since the board was read

  const read = useRead(
    () => (organisation() ? `board/${organisation()}` : ''),
    async () => {
      const known = [...doing].filter(([, d]) => d.answered)
      const view = await answer(api.GET('/api/v1/boards/{organisation}', { params: { path: { organisation: organisation() }, query: { subtree: true, limit: pageSize } } }))
      for (const [id, d] of known) if (doing.get(id) === d) doing.delete(id)
      return view
    },
  )
  watch(read.data, (view) => {
    if (!view) return
    name.value = view.organisation?.name ?? ''
    const gone = new Set([...doing.keys(), ...moved])
    const before = new Map(columns.value.map((c) => [c.state, c]))
    columns.value = view.columns
      .filter((c) => order.includes(c.state))
      .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      .map((c) => {
        const old = before.get(c.state)
        const cards = withDoing(joined(c.cards, !!c.nextCursor, old?.cards ?? [], gone), c.state)
        const paged = !!c.nextCursor && (old?.cards.length ?? 0) > c.cards.length
        // What came or went behind the first page is found by reading on from there again.
        const nextCursor = paged && moved.size === 0 ? old?.nextCursor : c.nextCursor
        const same = old && old.cards === cards && old.count === c.count && old.overdue === c.overdue && old.nextCursor === nextCursor
        return same ? old : { ...c, cards, nextCursor }
      })
    moved.clear()
  })

  function withDoing(cards: RequestCard[], state: string): RequestCard[] {
    if (doing.size === 0) return cards
    const stay = cards.filter((c) => {
      const d = doing.get(c.id)
      return !d || (d.state === state && !d.away)
    })
    const come = [...doing.values()].filter((d) => d.state === state && !d.away && !stay.some((c) => c.id === d.card.id))
    if (come.length === 0 && stay.length === cards.length) return cards
    return [...come.map((d) => ({ ...d.card, state: state as RequestCard['state'] })), ...stay]
  }

  const again = gathered(() => void read.reload(), 120)
  const moves = (what: Happened) => {
    if (!what.stream.startsWith('request/')) return
    moved.add(what.stream.slice('request/'.length))
    again()
  }
  useLive(() => (organisation() ? `organisation=${organisation()}` : ''), moves, again)
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
    const mine = { card, state, away: to !== undefined, answered: false }
    doing.set(card.id, mine)
    columns.value = columns.value.map((c) => {
      if (c.state !== state && c.state !== card.state) return c
      const by = (c.state === state && !mine.away ? 1 : 0) - (c.state === card.state ? 1 : 0)
      return { ...c, count: Math.max(0, c.count + by), overdue: c.overdue - (c.state === card.state && card.overdue ? 1 : 0), cards: withDoing(c.cards, c.state) }
    })
    const outcome = await send({ path: `/api/v1/requests/${card.id}/${what}`, body, about: `about.${what}`, link: `/requests/${card.id}` })
    mine.answered = true
    if ('problem' in outcome) {
      wrong.value = outcome.problem
      doing.delete(card.id)
    }
    again()
  }
  return { columns: computed(() => columns.value), name, problem: read.problem, reload: read.reload, wrong, more, act }
}
