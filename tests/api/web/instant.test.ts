import { describe, expect, it } from 'vitest'
import { beside, daysAway, earlier, fieldOf, isoOf, isoOfMs, microsOf, momentIn, monthsAway, ofField, shifted } from '@/logic/instant'

describe('a moment', () => {
  it('keeps its microseconds', () => {
    expect(microsOf('2026-03-01T08:00:00.123456Z')).toBe(1_772_352_000_123_456n)
    expect(microsOf('2026-03-01T16:00:00.1+08:00')).toBe(1_772_352_000_100_000n)
    for (const iso of ['2026-03-01T08:00:00Z', '2026-03-01T08:00:00.1Z', '2026-03-01T08:00:00.000001Z', '1969-12-31T23:59:59.5Z']) expect(isoOf(microsOf(iso)!)).toBe(iso)
    expect(isoOfMs(1_772_352_000_123.9)).toBe('2026-03-01T08:00:00.123Z')
  })
  it('is moved by less than a Date can', () => {
    expect(shifted('2026-03-01T08:00:00Z', -1n)).toBe('2026-03-01T07:59:59.999999Z')
    expect(earlier('2026-03-01T08:00:00.000001Z', '2026-03-01T08:00:00.000002Z')).toBe(true)
    expect(earlier('2026-03-01T08:00:00.1Z', '2026-03-01T08:00:00.10Z')).toBe(false)
  })
  it('in an address is one, or none', () => {
    expect(momentIn('2026-03-01T08:00:00Z')).toBe('2026-03-01T08:00:00Z')
    for (const no of ['', 'yesterday', '2026-03-01', '2026-13-01T08:00:00Z', ['2026-03-01T08:00:00Z'], undefined, null]) expect(momentIn(no)).toBe('')
  })
})

describe('the calendar of this place', () => {
  const at = (y: number, m: number, d: number, h = 9) => new Date(y, m - 1, d, h, 30, 15).getTime()
  it('a day away is the same time of another day', () => {
    expect(daysAway(at(2026, 3, 1), -1)).toBe(at(2026, 2, 28))
    expect(daysAway(at(2026, 12, 31), 1)).toBe(at(2027, 1, 1))
  })
  it('a month away ends where the month does', () => {
    expect(monthsAway(at(2026, 3, 31), -1)).toBe(at(2026, 2, 28))
    expect(monthsAway(at(2024, 1, 31), 1)).toBe(at(2024, 2, 29))
    expect(monthsAway(at(2026, 1, 15), -1)).toBe(at(2025, 12, 15))
  })
  it('a field for date and time says what it was given', () => {
    expect(fieldOf(at(2026, 3, 1))).toBe('2026-03-01T09:30:15')
    expect(ofField(fieldOf(at(2026, 3, 1)))).toBe(at(2026, 3, 1))
    expect(ofField('')).toBeUndefined()
    expect(ofField('soon')).toBeUndefined()
  })
})

describe('the event beside a moment', () => {
  const events = ['2026-03-01T08:00:00.000001Z', '2026-03-01T08:00:00.000002Z', '2026-03-02T08:00:00Z']
  it('is the nearest on that side, never the moment itself', () => {
    expect(beside(events, events[1]!, 'before')).toBe(events[0])
    expect(beside(events, events[1]!, 'after')).toBe(events[2])
    expect(beside(events, '2026-03-01T12:00:00Z', 'before')).toBe(events[1])
    expect(beside(events, events[0]!, 'before')).toBe('')
    expect(beside(events, events[2]!, 'after')).toBe('')
  })
  it('before now is the last; after now there is none', () => {
    expect(beside(events, '', 'before')).toBe(events[2])
    expect(beside(events, '', 'after')).toBe('')
    expect(beside([], '', 'before')).toBe('')
  })
})
