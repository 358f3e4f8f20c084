// The board's cards: read, paged, kept true by live events, changed at once and put back when refused. Or as they stood at a moment: then
// nothing moves.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { BodyOf, BoardColumn, RequestCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import { gathered, useLive, type Happened } from '@/client/live'
import { onSent, send } from '@/client/outbox'
import type { Problem } from '@/client/problem'
import type { Moment } from '@/history/use_moment'
import { useReadAt } from '@/history/use_read_at'
import { joined, putIn } from '@/logic/board'

const pageSize = 50
const firstPageMost = 20 // of a column, whatever is asked for: the server has them at hand
const namedMost = 50 // cards that are asked for by their requests
const order = ['submitted', 'accepted', 'in_progress', 'awaiting_confirmation', 'closed_confirmed', 'closed_unconfirmed']

export function useBoard(organisation: () => string, moment: Pick<Moment, 'at' | 'ahead' | 'past'>) {
  const columns = shallowRef<BoardColumn[]>([])
  const name = ref('')
  const wrong = shallowRef<Problem>()
  // What was done here, until an answer that was asked for afterwards has it.
  const doing = new Map<string, { card: RequestCard; state: string; away: boolean; answered: boolean }>()

  // By anybody, since the board was read: which requests, and at which event. Beyond the first page nobody looks for them again, so they are
  // asked for by name.
  const moved = new Map<string, number>()
  let events = 0

  const asked = (query: { limit?: number; cards?: string; column?: string; cursor?: string }, asOf?: string) =>
    answer(api.GET('/api/v1/boards/{organisation}', { params: { path: { organisation: organisation() }, query: { subtree: true, ...query, ...(asOf ? { asOf } : {}) } } }))

  const read = useReadAt(
    moment,
    () => (organisation() ? `board/${organisation()}` : ''),
    async (asOf) => {
      if (asOf) return { ...(await asked({ limit: pageSize }, asOf)), of: [], named: undefined, at: asOf }
      const known = [...doing].filter(([, d]) => d.answered)
      const of = [...moved]
      const byName = of.length > 0 && of.length <= namedMost && columns.value.some((c) => c.count > firstPageMost)
      const [view, named] = await Promise.all([asked({ limit: pageSize }), byName ? asked({ cards: of.map(([id]) => id).join() }) : undefined])
      for (const [id, d] of known) if (doing.get(id) === d) doing.delete(id)
      return { ...view, of, named: named?.columns, at: '' }
    },
  )
  let stood = '' // of what moment the columns are
  watch(read.data, (view) => {
    if (!view) {
      if (read.problem.value) columns.value = []
      return
    }
    const at = view.at ?? ''
    if (at !== stood) columns.value = [] // of another moment nothing is carried over
    stood = at
    name.value = view.organisation?.name ?? ''
    const of = view.of ?? [] // none in what an older version kept
    const gone = new Set([...doing.keys(), ...of.map(([id]) => id)])
    const before = new Map(columns.value.map((c) => [c.state, c]))
    columns.value = view.columns
      .filter((c) => order.includes(c.state))
      .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
      .map((c) => {
        const old = before.get(c.state)
        const paged = !!c.nextCursor && (old?.cards.length ?? 0) > c.cards.length
        // Where too much came and went behind the first page to be asked for by name, it is read on from there again.
        const known = paged && (of.length === 0 || !!view.named)
        const nextCursor = known ? old?.nextCursor : c.nextCursor
        const come = known ? (view.named?.find((n) => n.state === c.state)?.cards ?? []) : []
        const here = joined(c.cards, !!c.nextCursor, old?.cards ?? [], gone)
        const cards = withDoing(putIn(here, come, nextCursor !== undefined), c.state)
        const same = old && old.cards === cards && old.count === c.count && old.overdue === c.overdue && old.nextCursor === nextCursor
        return same ? old : { ...c, cards, nextCursor }
      })
    for (const [id, event] of of) if (moved.get(id) === event) moved.delete(id)
  })

  function withDoing(cards: RequestCard[], state: string): RequestCard[] {
    if (doing.size === 0 || stood) return cards
    const here = new Set<string>()
    const stay: RequestCard[] = []
    for (const c of cards) {
      const d = doing.get(c.id)
      if (d && (d.state !== state || d.away)) continue
      if (d) here.add(c.id)
      stay.push(c)
    }
    const come = [...doing.values()].filter((d) => d.state === state && !d.away && !here.has(d.card.id))
    if (come.length === 0 && stay.length === cards.length) return cards
    return [...come.map((d) => ({ ...d.card, state: state as RequestCard['state'] })), ...stay]
  }

  const again = gathered(() => void read.reload(), 120)
  const moves = (what: Happened) => {
    if (!what.stream.startsWith('request/')) return
    moved.set(what.stream.slice('request/'.length), ++events)
    again()
  }
  useLive(() => (organisation() && !moment.past.value ? `organisation=${organisation()}` : ''), moves, again)
  onScopeDispose(onSent(again))

  const paging = new Set<string>()
  async function more(state: string): Promise<void> {
    const of = organisation()
    const at = stood
    const cursor = columns.value.find((c) => c.state === state)?.nextCursor
    if (!cursor || paging.has(state)) return
    paging.add(state)
    try {
      const page = await asked({ column: state, cursor, limit: 100 }, at)
      const fresh = page.columns.find((c) => c.state === state)
      // The board may have been read again meanwhile: the page stands behind what is there now, or is asked for again.
      const column = columns.value.find((c) => c.state === state)
      if (organisation() !== of || stood !== at || column?.nextCursor !== cursor) return
      const have = new Set(column.cards.map((c) => c.id))
      put(state, [...column.cards, ...(fresh?.cards ?? []).filter((c) => !have.has(c.id))], fresh?.nextCursor)
    } catch {
      // asked again at the next scroll
    } finally {
      paging.delete(state)
    }
  }
  function put(state: string, cards: RequestCard[], nextCursor: string | undefined): void {
    columns.value = columns.value.map((c) => (c.state === state ? { ...c, cards, nextCursor } : c))
  }

  /** Does `what` to a card: it moves at once to where it will be. */
  async function act<A extends 'accept' | 'assign'>(card: RequestCard, what: A, body: BodyOf<`/api/v1/requests/${string}/${A}`>, state: string, to?: string): Promise<void> {
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
  return { columns: computed(() => columns.value), name, problem: read.problem, reload: read.reload, shownAt: read.shownAt, changing: read.changing, wrong, more, act }
}
