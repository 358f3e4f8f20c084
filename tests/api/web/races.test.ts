// Answers that come late or in another order, and what must not outlive its page.
import { computed, effectScope, nextTick, ref, type EffectScope } from 'vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { BoardColumn, ProductCard, RequestCard } from '@/client/contract'

interface Asked {
  path: string
  query: Record<string, unknown>
  of: Record<string, string>
  tell: (data: unknown) => Promise<void>
  fail: (status: number, retryAfter?: number) => Promise<void>
}
const asked: Asked[] = []
const settle = async () => {
  for (let i = 0; i < 10; i++) await Promise.resolve()
  await nextTick()
}
vi.mock('@/client/http', async () => {
  const { Problem } = await import('@/client/problem')
  const call = (path: string, { params = {} }: { params?: { query?: Record<string, unknown>; path?: Record<string, string> } } = {}) =>
    new Promise((done, failed) =>
      asked.push({
        path,
        query: params.query ?? {},
        of: params.path ?? {},
        tell: (data) => (done({ data }), settle()),
        fail: (status, retryAfter) => (failed(new Problem('unavailable', status, '', undefined, retryAfter)), settle()),
      }),
    )
  return {
    api: { GET: call, POST: call },
    answer: async (one: Promise<{ data: unknown }>) => (await one).data,
    post: () => new Promise(() => undefined),
    upload: () => new Promise(() => undefined),
    onSignedOut: () => undefined,
    sessionBegins: () => undefined,
  }
})
const listens: (() => string)[] = []
const heard: ((what: { stream: string }) => void)[] = []
vi.mock('@/client/live', () => ({
  useLive: (query: () => string, happened: (what: { stream: string }) => void) => (listens.push(query), heard.push(happened)),
  gathered: (work: () => void) => work,
}))

const listeners = new Map<string, Set<unknown>>()
const of = (name: string) => listeners.get(name) ?? listeners.set(name, new Set()).get(name)!
let scope: EffectScope
const on = <T>(make: () => T): T => scope.run(make)!
beforeEach(() => {
  vi.stubGlobal('addEventListener', (name: string, then: unknown, options?: { signal?: AbortSignal }) => {
    of(name).add(then)
    options?.signal?.addEventListener('abort', () => of(name).delete(then))
  })
  vi.stubGlobal('removeEventListener', (name: string, then: unknown) => of(name).delete(then))
  vi.stubGlobal('history', { state: null })
  vi.stubGlobal('document', { hidden: true }) // nothing is painted: what comes after the paint comes at once
  vi.useFakeTimers()
  scope = effectScope()
})
afterEach(() => {
  scope.stop()
  asked.length = heard.length = listens.length = 0
  listeners.clear()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('what was read for one who has signed out is neither shown nor kept', async () => {
  const { useRead } = await import('@/client/read')
  const { kept } = await import('@/client/store')
  const { api, answer } = await import('@/client/http')
  const who = ref('one')
  const read = on(() => useRead(() => (who.value ? `secret/${who.value}` : ''), () => answer(api.GET('/api/v1/me'))))
  await settle()
  who.value = ''
  await settle()
  await asked[0]!.tell({ name: 'one' })
  expect(read.data.value).toBeUndefined()
  expect(await kept('reads', 'secret/one')).toBeUndefined()
})

it('a page that was left asks no more, also not where an act of its own ends later', async () => {
  const { useRead } = await import('@/client/read')
  const { api, answer } = await import('@/client/http')
  const read = on(() => useRead(() => 'left', () => answer(api.GET('/api/v1/me')), () => false))
  await settle()
  scope.stop()
  void read.reload()
  await asked[0]!.fail(503)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(asked.length).toBe(1)
  expect(of('online').size).toBe(0)
})

it('who is told to wait asks again no earlier', async () => {
  const { useRead } = await import('@/client/read')
  const { api, answer } = await import('@/client/http')
  on(() => useRead(() => 'busy', () => answer(api.GET('/api/v1/me')), () => false))
  await settle()
  await asked[0]!.fail(503, 30)
  await vi.advanceTimersByTimeAsync(29_000)
  expect(asked.length).toBe(1)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked.length).toBe(2)
})

it('a pause of the live stream leaves nothing behind', async () => {
  const { pause } = await vi.importActual<typeof import('@/client/live')>('@/client/live')
  for (let i = 0; i < 3; i++) {
    const over = pause(1_000, new AbortController().signal)
    expect(of('online').size).toBe(1)
    await vi.advanceTimersByTimeAsync(1_000)
    await over
  }
  expect(of('online').size).toBe(0)
})

const product = (id: string) => ({ id, placesLeft: 1 }) as ProductCard
it('a further page comes once, and only to the list that it belongs to', async () => {
  const { useMarket } = await import('@/screens/market/use_market')
  const { known } = await import('@/client/session')
  known.value = true
  const kind = ref('a')
  const market = on(() => useMarket(() => ({ kind: kind.value, place: '', everywhere: true, words: '' })))
  await settle()
  await asked.shift()!.tell({ items: [product('1')], nextCursor: 'n' })
  void market.onward()
  void market.onward()
  await vi.advanceTimersByTimeAsync(1)
  for (const one of asked.splice(0)) await one.tell({ items: [product('2')], nextCursor: 'm' })
  expect(market.items.value.map((p) => p.id)).toEqual(['1', '2'])
  void market.onward()
  await vi.advanceTimersByTimeAsync(1)
  const late = asked.shift()!
  kind.value = 'b'
  await settle()
  await asked.shift()!.tell({ items: [product('9')], nextCursor: 'k' })
  await late.tell({ items: [product('3')] })
  expect(market.items.value.map((p) => p.id)).toEqual(['9'])
})

it('places left are asked for one by one, so that the newest answer stands', async () => {
  const { usePlacesLeft } = await import('@/screens/market/use_places_left')
  const shown = on(() => usePlacesLeft(ref([product('1')]), async () => undefined))
  heard[0]!({ stream: 'product/1' })
  heard[0]!({ stream: 'product/1' })
  expect(asked.length).toBe(1)
  await asked[0]!.tell({ placesLeft: 7 })
  expect(asked.length).toBe(2)
  await asked[1]!.tell({ placesLeft: 6 })
  expect(shown.value[0]!.placesLeft).toBe(6)
})

const card = (id: string) => ({ id, state: 'submitted', revision: '1', title: id, category: 'noise', submittedAt: '2026-03-01T00:00:00Z', overdue: false, channel: 'web' }) as RequestCard
const column = (ids: string[], nextCursor?: string) => ({ state: 'submitted', count: 9, overdue: 0, cards: ids.map(card), ...(nextCursor ? { nextCursor } : {}) }) as BoardColumn
it('a further page of the board does not undo what was read meanwhile', async () => {
  const { useBoard } = await import('@/screens/board/use_board')
  const at = ref('')
  const board = on(() => useBoard(() => 'o', { at: computed(() => at.value), past: computed(() => at.value !== ''), ahead: ref('') }))
  await settle()
  await asked.shift()!.tell({ columns: [column(['a', 'b'], 'n')] })
  void board.more('submitted')
  const page = asked.shift()!
  void board.reload()
  await asked.shift()!.tell({ columns: [column(['new', 'a'], 'n')] })
  await page.tell({ columns: [column(['b', 'c'], 'm')] })
  expect(board.columns.value[0]!.cards.map((c) => c.id)).toEqual(['new', 'a', 'b', 'c'])
})

it('a board of another moment carries nothing over, and nothing is heard while the past is looked at', async () => {
  const { useBoard } = await import('@/screens/board/use_board')
  const at = ref('')
  const board = on(() => useBoard(() => 'o', { at: computed(() => at.value), past: computed(() => at.value !== ''), ahead: ref('') }))
  await settle()
  await asked.shift()!.tell({ columns: [column(['a', 'b'], 'n')] })
  at.value = '2026-03-01T08:00:00Z'
  await settle()
  expect(board.columns.value[0]!.cards.map((c) => c.id)).toEqual(['a', 'b'])
  expect([board.shownAt.value, board.changing.value]).toEqual(['', true])
  const then = asked.shift()!
  expect(then.query.asOf).toBe(at.value)
  await then.tell({ columns: [column(['b'], 'm')] })
  expect(board.columns.value[0]!.cards.map((c) => c.id)).toEqual(['b'])
  expect([board.shownAt.value, board.changing.value]).toEqual([at.value, false])
  expect(listens.at(-1)!()).toBe('')
  void board.more('submitted')
  expect(asked.at(-1)!.query.asOf).toBe(at.value)
})

it('an answer counts only for the moment that was asked for last; a moment is asked for once, and the next one ahead', async () => {
  const { useReadAt } = await import('@/history/use_read_at')
  const { forgetPast } = await import('@/client/past')
  const { api, answer } = await import('@/client/http')
  forgetPast()
  const at = ref('2026-03-01T08:00:00Z')
  const ahead = ref('')
  const when = (asOf?: string) => answer(api.GET('/api/v1/products/{id}', { params: { path: { id: 'p' }, query: asOf ? { asOf } : {} } })) as Promise<unknown>
  const read = on(() => useReadAt({ at: computed(() => at.value), ahead }, () => 'product/p', when))
  await settle()
  const first = asked.shift()!
  at.value = '2026-03-02T08:00:00Z'
  ahead.value = '2026-03-03T08:00:00Z'
  await settle()
  const second = asked.shift()!
  await second.tell({ day: 2 })
  await first.tell({ day: 1 })
  expect([read.data.value, read.shownAt.value]).toEqual([{ day: 2 }, '2026-03-02T08:00:00Z'])
  // The one ahead is on its way already; going there and back asks for nothing more.
  expect(asked.length).toBe(1)
  await asked.shift()!.tell({ day: 3 })
  ahead.value = ''
  for (const [day, iso] of [[3, '2026-03-03T08:00:00Z'], [1, '2026-03-01T08:00:00Z'], [2, '2026-03-02T08:00:00Z']] as const) {
    at.value = iso
    await settle()
    expect([read.data.value, read.shownAt.value]).toEqual([{ day }, iso])
  }
  expect(asked.length).toBe(0)
  // Where there was nothing yet, nothing of another moment stays; a refusal is asked for again.
  at.value = '2020-01-01T00:00:00Z'
  await settle()
  await asked.shift()!.fail(404)
  expect(read.data.value).toBeUndefined()
  at.value = '2026-03-02T08:00:00Z'
  await settle()
  expect(read.data.value).toEqual({ day: 2 })
  at.value = '2020-01-01T00:00:00Z'
  await settle()
  expect(asked.length).toBe(1)
})

it('the numbers for assigning are those of the card that is open', async () => {
  const { useAssigning } = await import('@/screens/board/use_assigning')
  let holder = 'x'
  const assigning = on(() => useAssigning(() => holder))
  void assigning.open(card('of-x'))
  holder = 'y'
  void assigning.open(card('of-y'))
  const tell = async (id: string) => {
    await asked.find((a) => a.query.parent === id)!.tell({ items: [{ id: `below-${id}`, name: id }] })
    await asked.find((a) => a.of.id === id)!.tell({ ancestors: [] })
  }
  await tell('y')
  await tell('x')
  expect(assigning.choices.value.map((o) => o.id)).toEqual(['below-y'])
})

it('a late answer to who I was does not put out who has signed in since', async () => {
  const { findMe, me, signIn } = await import('@/client/session')
  void findMe()
  const early = asked.shift()!
  const entering = signIn('code', 'key')
  await asked.shift()!.tell({})
  await asked.shift()!.tell({ id: 'm', roles: [] })
  await entering
  await early.fail(401)
  expect(me.value?.id).toBe('m')
})

it('what was read long ago goes, what is no answer stays', async () => {
  const { all, keep, sweep } = await import('@/client/store')
  const now = 100 * 86_400_000
  await keep('reads', 'old', { at: 0, body: 1 })
  await keep('reads', 'new', { at: now, body: 1 })
  await keep('reads', 'me', { id: 'm' })
  await sweep(now)
  const left = await all('reads')
  expect(left).not.toContainEqual({ at: 0, body: 1 })
  expect(left).toEqual(expect.arrayContaining([{ at: now, body: 1 }, { id: 'm' }]))
})

it('the last few are kept, and no more', async () => {
  const { Recent } = await import('@/logic/recent')
  const recent = new Recent<number>(2)
  for (const [name, n] of [['a', 1], ['b', 2], ['a', 3], ['c', 4]] as const) recent.put(name, n)
  expect(['a', 'b', 'c'].map(recent.get)).toEqual([3, undefined, 4])
})
