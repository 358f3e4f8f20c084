import { describe, expect, it } from 'vitest'
import type { Category, Claim, ProductView, RequestCard } from '@/client/contract'
import { Frames, happenedIn } from '@/client/frames'
import { problemOfOne } from '@/client/problem'
import { askBody, emptyAsk, firstCategories, knowsForWhom, readyToSend, titleOf } from '@/logic/ask'
import { checkedIn, claimsIn, doorIsOpen, merged } from '@/logic/attendance'
import { concerning, nextTickets } from '@/logic/home'
import { newKey } from '@/logic/keys'
import { shrunk } from '@/logic/picture'
import { claimable, closedBecause, placesMost } from '@/logic/product'
import { copied, emptyDraft, firstFault, nextSession } from '@/logic/product_draft'
import { enlarged } from '@/logic/text_size'
import { dated, due, joinedBody, minutesLeft, oneOf, refusalIn, together, undoable, undoMs } from '@/logic/waiting'
import { dayAfter, dayName, dayNamed, mondayOf, weekOf } from '@/logic/week'

describe('server-sent events', () => {
  it('are read from pieces of any size', () => {
    const text = 'retry: 2000\nid: 6\n\nid: 7\ndata: {"a":1}\n\n:\n\nid: 8\ndata: x\ndata: y\n\n'
    for (const size of [1, 3, 7, 1000]) {
      const frames = new Frames()
      const found = []
      for (let i = 0; i < text.length; i += size) found.push(...frames.push(text.slice(i, i + size)))
      expect(found).toEqual([{ id: '6', text: '' }, { id: '7', text: '{"a":1}' }, { id: '8', text: 'x\ny' }])
    }
  })
  it('tell what one commit did in several streams', () => {
    const one = { position: '7', stream: 'a', events: [] }
    const other = { position: '7', stream: 'b', events: [] }
    expect(happenedIn(JSON.stringify(one))).toEqual([one])
    expect(happenedIn(JSON.stringify({ ...one, more: [other] }))).toEqual([one, other])
  })
})

describe('asking', () => {
  const ask = { ...emptyAsk({ id: 'o', name: 'O' }), category: 'repair' }
  it('takes its title from the first sentence, or from what it is about', () => {
    expect(titleOf({ ...ask, text: '门锁坏了。进不了门' }, '维修', false, '')).toBe('门锁坏了')
    expect(titleOf(ask, '维修', false, '维修（语音）')).toBe('维修')
    expect(titleOf(ask, '维修', true, '维修（语音）')).toBe('维修（语音）')
    expect([...titleOf({ ...ask, text: '很'.repeat(90) }, '', false, '')].length).toBe(40)
  })
  it('needs words, a voice or a photo, but in elder mode', () => {
    expect(readyToSend(ask, 0, false, false)).toBe(false)
    expect(readyToSend(ask, 1, false, false)).toBe(true)
    expect(readyToSend(ask, 0, false, true)).toBe(true)
    expect(readyToSend({ ...ask, organisation: undefined }, 1, true, true)).toBe(false)
  })
  it('sends a place only whole, and a neighbour only with a name', () => {
    expect(askBody({ ...ask, address: '3 号楼' }, 't', 's')).toEqual({ title: 't', description: 's\n3 号楼', category: 'repair', organisation: 'o' })
    const body = askBody({ ...ask, text: 'x', lat: 1, lon: 2, forWhom: 'neighbour', neighbour: '王', neighbourPhone: '' }, 't', 's')
    expect(body).toMatchObject({ description: 'x', location: { lat: 1, lon: 2 }, onBehalfOf: { name: '王' } })
  })
  it('goes on for a neighbour only when it is known for whom', () => {
    expect([knowsForWhom(ask), knowsForWhom({ ...ask, forWhom: 'neighbour', neighbour: ' ' }), knowsForWhom({ ...ask, forWhom: 'neighbour', neighbour: '王' })]).toEqual([true, false, true])
  })
  it('shows what is asked most, and other last', () => {
    const all = ['other', 'safety', 'repair', 'care', 'noise'].map((code) => ({ code }) as Category)
    expect(firstCategories(all, false, 3).map((c) => c.code)).toEqual(['repair', 'care', 'other'])
    expect(firstCategories(all, true, 3).length).toBe(5)
  })
})

describe('home', () => {
  const r = (id: string, state: string, at = '2026-03-05') => ({ id, state, due: { kind: 'resolve', at } }) as RequestCard
  it('shows what waits for me first', () => {
    expect(concerning([r('1', 'accepted', '2026-03-02'), r('2', 'closed_confirmed'), r('3', 'awaiting_confirmation')]).map((x) => x.id)).toEqual(['3', '1'])
  })
  it('shows places that are not over', () => {
    const c = (claimId: string, state: string, ends: string) => ({ claimId, state, sessions: [{ starts: ends, ends }] }) as unknown as Claim
    const now = new Date('2026-03-10T00:00:00Z').getTime()
    expect(nextTickets([c('1', 'confirmed', '2026-03-12T00:00:00Z'), c('2', 'confirmed', '2026-03-09T00:00:00Z'), c('3', 'cancelled', '2026-03-12T00:00:00Z'), c('4', 'waitlisted', '2026-03-11T00:00:00Z')], now).map((x) => x.claimId)).toEqual(['4', '1'])
  })
})

describe('products', () => {
  const p = { state: 'published', placesLeft: 0, waitlist: true, sessions: [{ starts: '2026-03-12T00:00:00Z', ends: '2026-03-12T01:00:00Z', venue: '' }], maxPerMember: 3, capacity: 20, pictures: [{ blob: 'b', mediaType: 'image/jpeg' }] } as unknown as ProductView
  const now = new Date('2026-03-10T00:00:00Z').getTime()
  it('can be claimed, waited for, or not', () => {
    expect(claimable({ ...p, placesLeft: 1 }, now)).toBe('yes')
    expect(claimable(p, now)).toBe('wait')
    expect(claimable({ ...p, waitlist: false }, now)).toBe('no')
    expect(claimable({ ...p, placesLeft: 1 }, now + 7 * 86_400_000)).toBe('no')
    expect(claimable({ ...p, placesLeft: 1, opensAt: '2026-03-11T00:00:00Z' }, now)).toBe('no')
    expect(claimable({ ...p, state: 'cancelled', placesLeft: 1 }, now)).toBe('no')
  })
  it('say why they cannot be claimed', () => {
    expect(closedBecause({ ...p, waitlist: false }, now)).toBe('full')
    expect(closedBecause(p, now + 7 * 86_400_000)).toBe('over')
    expect(closedBecause({ ...p, opensAt: '2026-03-11T00:00:00Z' }, now)).toBe('later')
    expect(closedBecause({ ...p, state: 'draft' }, now)).toBe('closed')
  })
  it('give no more places than are allowed', () => {
    expect(placesMost(p, 1)).toBe(2)
    expect(placesMost({ ...p, waitlist: false, placesLeft: 1 }, 0)).toBe(1)
    expect(placesMost(p, 5)).toBe(0)
  })
  it('are copied to the same weekday after today', () => {
    const draft = copied({ ...p, title: 'T', description: 'D', kind: 'activity' } as ProductView, new Date('2026-03-20T00:00:00Z'))
    expect(new Date(`${draft.sessions[0]!.day}T12:00`).getDay()).toBe(new Date('2026-03-12T00:00:00Z').getDay())
    expect(firstFault(draft, new Date('2026-03-20T00:00:00Z'))).not.toBe('past')
    expect(copied(p, new Date(now)).pictures).toEqual(['b'])
  })
  it('say what is missing', () => {
    const now2 = new Date(2026, 2, 10)
    const s = { day: '2026-03-12', from: '09:00', to: '11:00', venue: 'V' }
    const good = { ...emptyDraft(), title: 'T', description: 'D', sessions: [s] }
    expect(firstFault(good, now2)).toBeUndefined()
    expect(firstFault({ ...good, title: ' ' }, now2)).toBe('title')
    expect(firstFault({ ...good, sessions: [{ ...s, to: '08:00' }] }, now2)).toBe('order')
    expect(firstFault({ ...good, sessions: [{ ...s, day: '2026-03-01' }] }, now2)).toBe('past')
    expect(nextSession(s).day).toBe('2026-03-19')
  })
})

it('the door knows what was ticked here and is not sent', () => {
  const c = (claimId: string, state: string) => ({ claimId, state, memberName: claimId }) as Claim
  const list = merged([c('2', 'confirmed'), c('1', 'checked_in'), c('3', 'cancelled')], ['2'])
  expect(list.map((x) => [x.claimId, x.state, x.unsent ?? false])).toEqual([['1', 'checked_in', false], ['2', 'checked_in', true]])
  expect(checkedIn(list)).toBe(2)
})

it('ten minutes are given to take something back', () => {
  const w = { at: 1_000, notBefore: 1_000 + undoMs, pauseMs: 0 }
  expect(undoable(w, 1_000)).toBe(true)
  expect(minutesLeft(w, 1_000)).toBe(10)
  expect(due(w, 1_000)).toBe(false)
  expect(due(w, 1_000 + undoMs)).toBe(true)
  expect(undoable(w, 1_000 + undoMs)).toBe(false)
})

it('a day has a name in addresses, and what names none is none', () => {
  const last = new Date(2026, 11, 31)
  expect(dayName(last)).toBe('2026-12-31')
  expect(dayName(dayAfter(last))).toBe('2027-01-01')
  expect(dayNamed('2026-03-09')?.getTime()).toBe(new Date(2026, 2, 9).getTime())
  for (const none of ['', '2026-3-9', '2026-02-30', '2026-13-01', '2026-03-09T00:00']) expect(dayNamed(none)).toBeUndefined()
})

it('a week begins on Monday', () => {
  expect(mondayOf(new Date(2026, 2, 15)).getDate()).toBe(9)
  const week = weekOf(new Date(2026, 2, 9), [{ starts: new Date(2026, 2, 15, 23, 59).toISOString() }, { starts: new Date(2026, 2, 16).toISOString() }])
  expect(week.map((d) => d.items.length)).toEqual([0, 0, 0, 0, 0, 0, 1])
})

it('photos keep their shape and become no larger', () => {
  expect(shrunk(4000, 3000)).toEqual({ width: 1600, height: 1200 })
  expect(shrunk(100, 50)).toEqual({ width: 100, height: 50 })
})

it('text grows to 30 px and begins again', () => {
  expect(enlarged('elder', 0)).toBe(25)
  expect(enlarged('elder', 25)).toBe(30)
  expect(enlarged('elder', 30)).toBe(20)
})

it('keys are UUIDs', () => {
  expect(newKey()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(newKey()).not.toBe(newKey())
})

it('the door is open from a day before the first session to the end of the last', () => {
  const c = { sessions: [{ starts: '2026-03-12T08:00:00Z', ends: '2026-03-12T10:00:00Z', venue: '' }, { starts: '2026-03-14T08:00:00Z', ends: '2026-03-14T10:00:00Z', venue: '' }] }
  const open = (at: string) => doorIsOpen(c, new Date(at).getTime())
  expect(['2026-03-11T07:59:00Z', '2026-03-11T08:00:00Z', '2026-03-13T08:00:00Z', '2026-03-14T10:00:00Z'].map(open)).toEqual([false, true, true, false])
  expect(doorIsOpen({ sessions: [] }, 0)).toBe(false)
})

describe('letters that go together', () => {
  const letter = (path: string, ticket = '', join?: string) => ({ path, body: { tickets: [{ ticket }] }, ...(join ? { join } : {}) })
  const joining = (path: string, ticket = '') => letter(path, ticket, 'tickets')
  it('are those that join, by place, no more at once than the server takes; others go alone', () => {
    const rounds = together([joining('a'), letter('x'), joining('b'), joining('a'), letter('x')])
    expect(rounds.map((r) => r.map((l) => l.path).join(''))).toEqual(['aa', 'x', 'b', 'x'])
    expect(together(Array.from({ length: 450 }, () => joining('a'))).map((r) => r.length)).toEqual([200, 200, 50])
  })
  it('make one body, and each reads its own part of the answer', () => {
    expect(joinedBody([joining('a', '1'), joining('a', '2')])).toEqual({ tickets: [{ ticket: '1' }, { ticket: '2' }] })
    const answer = { items: [{ outcome: 'checked_in' }, { outcome: 'refused', code: 'not_a_ticket' }] }
    expect([0, 1].map((i) => refusalIn(oneOf(answer, i, joining('a'))))).toEqual([undefined, 'not_a_ticket'])
    expect(oneOf(answer, 1, letter('x'))).toBe(answer)
  })
  it('say when they were by the server, whatever this clock shows, and never later than it', () => {
    const told = Date.UTC(2026, 2, 12, 8)
    const ago = (ms: number, fast = 0) => dated({ ...joining('a', '1'), at: told + fast - ms }, told, told + fast)
    expect(ago(60_000)).toEqual({ tickets: [{ ticket: '1', occurredAt: '2026-03-12T07:59:00.000Z' }] })
    expect(ago(60_000, 10_800_000)).toEqual(ago(60_000))
    expect(ago(-60_000)).toEqual({ tickets: [{ ticket: '1', occurredAt: '2026-03-12T08:00:00.000Z' }] })
    expect(dated({ path: 'x', body: { code: '7' }, at: told }, told, told)).toEqual({ code: '7', occurredAt: '2026-03-12T08:00:00.000Z' })
  })
  it('tell whose check-ins they carry, for this product only', () => {
    expect(claimsIn({ path: '/api/v1/products/p/claims/7/check-in', body: {} }, 'p')).toEqual(['7'])
    expect(claimsIn({ path: '/api/v1/products/q/claims/7/check-in', body: {} }, 'p')).toEqual([])
    expect(claimsIn({ path: '/api/v1/products/p/claims/7/cancel', body: {} }, 'p')).toEqual([])
    expect(claimsIn({ path: '/api/v1/products/p/check-ins', body: { tickets: [{ ticket: 'none of ours' }] } }, 'p')).toEqual([])
  })
})

it('one of many that were sent together is put off, or refused for good', () => {
  expect([problemOfOne('queue_full').mayPass, problemOfOne('not_a_ticket').mayPass]).toEqual([true, false])
})
