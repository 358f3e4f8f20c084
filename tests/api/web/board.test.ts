import { describe, expect, it } from 'vitest'
import type { RequestCard } from '@/client/contract'
import { comesBefore, each, foundOn, joined, matching, moved, narrows, putIn, searched, settled, wantsAll, windowOf } from '@/logic/board'

const card = (id: string, title = id): RequestCard => ({ id, state: 'submitted', revision: '1', title, category: 'noise', submittedAt: '2026-03-01T00:00:00Z', overdue: false, channel: 'web' })
const columns = [{ cards: ['a', 'b', 'c'].map((i) => card(i)) }, { cards: [] }, { cards: [card('d')] }]

describe('the cursor', () => {
  it('moves within a column and stops at its ends', () => {
    expect(moved(columns, { column: 0, row: 0 }, 'j')).toEqual({ column: 0, row: 1 })
    expect(moved(columns, { column: 0, row: 2 }, 'j')).toEqual({ column: 0, row: 2 })
    expect(moved(columns, { column: 0, row: 0 }, 'k')).toEqual({ column: 0, row: 0 })
    expect(moved(columns, { column: 0, row: 0 }, 'G')).toEqual({ column: 0, row: 2 })
  })
  it('passes over empty columns', () => {
    expect(moved(columns, { column: 0, row: 2 }, 'l')).toEqual({ column: 2, row: 0 })
    expect(moved(columns, { column: 2, row: 0 }, 'h')).toEqual({ column: 0, row: 0 })
    expect(moved(columns, { column: 2, row: 0 }, 'l')).toEqual({ column: 2, row: 0 })
  })
  it('stays on its card, or on what took its place', () => {
    expect(settled(columns, { column: 0, row: 0 }, 'c')).toEqual({ column: 0, row: 2 })
    expect(settled(columns, { column: 0, row: 5 }, 'gone')).toEqual({ column: 0, row: 2 })
  })
})

it('a fresh first page keeps what was paged in behind it, without what left', () => {
  const before = ['a', 'b', 'c', 'd', 'e'].map((i) => card(i))
  expect(joined([card('n'), card('a')], true, before, new Set(['d'])).map((c) => c.id)).toEqual(['n', 'a', 'c', 'e'])
  expect(joined([card('n')], false, before, new Set()).map((c) => c.id)).toEqual(['n'])
})

it('what came is put where the server has it: overdue first, then what is due next, then without a clock; the newest closed first', () => {
  const due = (id: string, at: string, overdue = false): RequestCard => ({ ...card(id), due: { kind: 'resolve', at }, overdue })
  const [late, soon, later] = [due('l', '2026-03-04T00:00:00Z', true), due('s', '2026-03-05T00:00:00Z'), due('z', '2026-03-09T00:00:00Z')]
  const [first, second] = [card('e'), card('f')]
  const all = [late, soon, later, first, second]
  for (const [i, a] of all.entries()) for (const [j, b] of all.entries()) expect(comesBefore(a, b)).toBe(i < j)
  const closed = (id: string, closedAt: string): RequestCard => ({ ...card(id), state: 'closed_confirmed', closedAt })
  expect(comesBefore(closed('n', '2026-03-05T00:00:00Z'), closed('o', '2026-03-04T00:00:00Z'))).toBe(true)
  const cards = [late, later]
  expect(putIn(cards, [soon], true)).toEqual([late, soon, later])
  expect(putIn(cards, [first], true)).toBe(cards) // behind what was read: read when one gets there
  expect(putIn(cards, [first], false)).toEqual([late, later, first])
  expect(putIn(cards, [late], true)).toBe(cards)
})

it('what was typed is found in title and category', () => {
  const cards = [card('1', '路灯坏了'), card('2', '漏水')]
  const found = (typed: string) => matching(cards, { ...wantsAll, typed }, searched(() => '噪音')).map((c) => c.id)
  expect(found('路灯')).toEqual(['1'])
  expect(found('噪音 漏')).toEqual(['2'])
  expect(found(' ')).toEqual(['1', '2'])
})

it('a board is narrowed to what is overdue, to a kind, to a holder, and offers those that it has', () => {
  const cards = [
    { ...card('1'), overdue: true, organisation: { id: 'a', name: '甲' } },
    { ...card('2'), category: 'repair', organisation: { id: 'b', name: '乙' } },
    { ...card('3'), overdue: true, category: 'repair', organisation: { id: 'a', name: '甲' } },
  ]
  const found = (wanted: object) => matching(cards, { ...wantsAll, ...wanted }, () => '').map((c) => c.id)
  expect(found({ overdue: true })).toEqual(['1', '3'])
  expect(found({ category: 'repair' })).toEqual(['2', '3'])
  expect(found({ organisation: 'a', category: 'repair', overdue: true })).toEqual(['3'])
  expect(foundOn([{ cards }])).toEqual({ categories: ['noise', 'repair'], organisations: [{ id: 'a', name: '甲' }, { id: 'b', name: '乙' }] })
  expect([narrows(wantsAll), narrows({ ...wantsAll, typed: ' ' }), narrows({ ...wantsAll, overdue: true })]).toEqual([false, false, true])
})

it('of ten thousand rows only those seen are drawn', () => {
  const w = windowOf(10_000, 100, 500_000, 800)
  expect(w.last - w.first).toBeLessThan(30)
  expect(w.first).toBeLessThanOrEqual(5_000)
  expect(w.last).toBeGreaterThanOrEqual(5_008)
  expect(windowOf(3, 100, 0, 800)).toEqual({ first: 0, last: 3 })
  expect(windowOf(0, 100, 0, 800)).toEqual({ first: 0, last: 0 })
})

it('a card that is as it was stays the same, and a column in which nothing changed too', () => {
  const before = ['a', 'b', 'c'].map((i) => card(i))
  expect(joined([card('a'), card('b')], true, before, new Set())).toBe(before)
  const after = joined([{ ...card('a'), revision: '2' }, card('b')], true, before, new Set())
  expect(after[0]).not.toBe(before[0])
  expect(after.slice(1)).toEqual(before.slice(1))
  expect(after[1]).toBe(before[1])
  let made = 0
  const twice = each((c: { n: number }) => ({ made: ++made, n: c.n }))
  const [one, two] = [{ n: 1 }, { n: 2 }]
  const first = twice([one, two])
  expect(twice([one, { n: 3 }])[0]).toBe(first[0])
  expect(made).toBe(3)
})
