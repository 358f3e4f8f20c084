// What is told of the past: events as sentences, two moments compared, figures that explain themselves, who looked.
import { describe, expect, it } from 'vitest'
import type { RequestCard, RequestDifference } from '@/client/contract'
import { changesOf, fieldChanges, summed } from '@/logic/differences'
import { isSealed, placesOf, sealedIn, sentenceOf, streamParts, whoOf, type Words } from '@/logic/event_facts'
import { partsOf, shareOf } from '@/logic/figures'
import { isMonth, lookSums, monthAway } from '@/logic/openings'

const sealed = { key: 'k', box: 'b' }
const words: Words = {
  organisation: (id) => `<${id}>`,
  category: (code) => `[${code}]`,
  time: (iso) => `at ${iso}`,
  word: (key) => ({ 'audit.role.cadre': 'cadre', 'level.city': 'City', 'audit.deadline.accept': 'accepted', 'audit.keyKind.case': 'of a request', 'kind.clinic': 'Health', 'audit.purpose.get_request': 'to see it' })[key],
}

describe('an event as a sentence', () => {
  it('takes the sentence that fits what it says', () => {
    expect(sentenceOf({ type: 'RequestAccepted' })).toBe('RequestAccepted')
    expect(sentenceOf({ type: 'TokenIssued', data: { purpose: 'unspecified' } })).toBe('TokenIssued')
    expect(sentenceOf({ type: 'TokenIssued', data: { purpose: 'session' } })).toBe('TokenIssued_session')
    expect(sentenceOf({ type: 'ClaimPlaced', data: { state: 'waitlisted' } })).toBe('ClaimPlaced_waitlisted')
    expect(sentenceOf({ type: 'RequestAssigned', data: { organisation: 'o', grant: '' } })).toBe('RequestAssigned')
    expect(sentenceOf({ type: 'RequestAssigned', data: { organisation: 'o', grant: 'g' } })).toBe('RequestAssigned_person')
    expect(sentenceOf({ type: 'RequestSubmitted', data: { beneficiaryName: sealed } })).toBe('RequestSubmitted_for')
  })
  it('fills its places with names and words', () => {
    expect(placesOf({ type: 'RequestSubmitted', data: { organisation: 'o', category: 'repair' } }, words)).toMatchObject({ organisation: '<o>', category: '[repair]' })
    expect(placesOf({ type: 'RequestDeadlineSet', data: { kind: 'accept', due: 'T', deadline: 1 } }, words)).toMatchObject({ kind: 'accepted', due: 'at T' })
    expect(placesOf({ type: 'SubjectKeyIssued', data: { kind: 'case' } }, words).kind).toBe('of a request')
    expect(placesOf({ type: 'ProductCreated', data: { terms: { title: 'T', kind: 'clinic', capacity: 3, organisation: 'o' } } }, words)).toMatchObject({ title: 'T', kind: 'Health', capacity: '3', organisation: '<o>' })
    expect(placesOf({ type: 'FeatureLevelRaised', data: { level: 2 } }, words).level).toBe('2')
    expect(placesOf({ type: 'PersonalDataOpened', data: { purpose: 'get_request', subjects: [sealed, sealed] } }, words)).toEqual({ purpose: 'to see it', subjects: '2' })
    expect(placesOf({ type: 'PersonalDataOpened', data: { purpose: 'year end', subjects: [] } }, words).purpose).toBe('year end')
    expect(placesOf({ type: 'PolicyAdopted', data: { policy: { categories: [{}, {}, {}] } } }, words).categories).toBe('3')
    expect(placesOf({ type: 'RequestProgressed', data: { text: sealed } }, words)).toEqual({})
  })
  it('knows what is sealed', () => {
    expect(isSealed(sealed)).toBe(true)
    for (const open of ['text', null, { key: 'k' }, { key: 'k', box: 'b', more: 1 }, [sealed]]) expect(isSealed(open)).toBe(false)
    expect(sealedIn({ title: sealed, category: 'c', photos: [{ name: 'n', key: sealed, mediaType: 'm' }], subjects: [sealed], none: [] })).toEqual(['title', 'photos', 'subjects'])
  })
  it('says who it was by their post, else as the stream knows them', () => {
    expect(whoOf({ actor: 'g', post: { role: 'cadre', organisation: { name: 'X' } } }, words)).toEqual({ key: 'post', organisation: 'X', role: 'cadre', id: 'g' })
    expect(whoOf({ actor: 'abcdefghij' }, words)).toMatchObject({ key: 'person', id: 'abcdef' })
    expect(whoOf({}, words).key).toBe('system')
    expect(streamParts('access/x-202603')).toEqual({ kind: 'access', id: 'x-202603' })
  })
})

describe('two moments', () => {
  const stand = (state: string, id = 'a', overdue = false) => ({ state, organisation: { id, name: id }, overdue }) as NonNullable<RequestDifference['before']>
  it('a request came, went, moved, became overdue, or something else of it changed', () => {
    expect(changesOf({ after: stand('submitted') })).toEqual(['came'])
    expect(changesOf({ before: stand('submitted') })).toEqual(['went'])
    expect(changesOf({ before: stand('submitted'), after: stand('accepted') })).toEqual(['moved'])
    expect(changesOf({ before: stand('accepted'), after: stand('accepted', 'b') })).toEqual(['moved'])
    expect(changesOf({ before: stand('submitted'), after: stand('submitted', 'a', true) })).toEqual(['late'])
    expect(changesOf({ before: stand('submitted'), after: stand('accepted', 'a', true) })).toEqual(['moved', 'late'])
    expect(changesOf({ before: stand('accepted', 'a', true), after: stand('accepted', 'a', true) })).toEqual(['other'])
  })
  it('counts of pages add up, the most frequent first', () => {
    expect(summed([{ type: 'b', count: 2 }, { type: 'a', count: 2 }, { type: 'c', count: 1 }, { type: 'c', count: 4 }])).toEqual([{ type: 'c', count: 5 }, { type: 'a', count: 2 }, { type: 'b', count: 2 }])
  })
  it('of one thing only what differs is told', () => {
    expect(fieldChanges({ a: '1', b: '2' }, { a: '1', b: '3' })).toEqual([{ field: 'b', before: '2', after: '3' }])
    expect(fieldChanges(undefined, { a: '1', b: '' })).toEqual([{ field: 'a', before: '', after: '1' }])
  })
})

it('a figure says its share and its parts', () => {
  expect([shareOf(1, 8), shareOf(2, 3), shareOf(3, 3), shareOf(0, 0)]).toEqual(['12.5', '66.7', '100', '0'])
  const card = (id: string) => ({ organisation: { id, name: id.toUpperCase() } }) as RequestCard
  expect(partsOf([card('x'), card('y'), card('y')])).toEqual([{ name: 'Y', n: 2 }, { name: 'X', n: 1 }])
})

it('who looked is summed by post and purpose', () => {
  const look = (actor: string, purpose: string, persons: number) => ({ actor, role: 'cadre', organisation: 'X', purpose, persons })
  expect(lookSums([look('g', 'see', 1), look('h', 'see', 5), look('g', 'see', 2), look('g', 'list', 9)]).map((s) => [s.actor, s.purpose, s.times, s.persons])).toEqual([['g', 'see', 2, 3], ['g', 'list', 1, 9], ['h', 'see', 1, 5]])
})

it('months are walked over the years', () => {
  expect([monthAway('2026-01', -1), monthAway('2026-12', 1), monthAway('2026-06', -18)]).toEqual(['2025-12', '2027-01', '2024-12'])
  expect([isMonth('2026-03'), isMonth('2026-13'), isMonth('2026-3'), isMonth(undefined)]).toEqual([true, false, false, false])
})
