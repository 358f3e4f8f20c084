import { describe, expect, it } from 'vitest'
import { length, moment, partOfDay, short } from '@/logic/time'

const at = (d: number, h: number, m = 0) => new Date(2026, 2, d, h, m)

describe('moments', () => {
  const now = at(10, 12)
  it('near ones have names', () => {
    expect(moment(at(10, 9, 10).toISOString(), now, 'zh')).toBe('今天 09:10')
    expect(moment(at(9, 18, 2).toISOString(), now, 'zh')).toBe('昨天 18:02')
    expect(moment(at(12, 9).toISOString(), now, 'zh')).toBe('后天 09:00')
    expect(moment(at(11, 9).toISOString(), now, 'en')).toBe('tomorrow 09:00')
  })
  it('those of this week have weekdays, others dates', () => {
    expect(moment(at(14, 9).toISOString(), now, 'zh')).toBe('周六 09:00')
    expect(moment(at(20, 9).toISOString(), now, 'zh')).toBe('3 月 20 日 09:00')
    expect(moment(new Date(2027, 0, 2, 9).toISOString(), now, 'en')).toBe('2 Jan 2027 09:00')
  })
})

describe('lengths', () => {
  it('have two units at most', () => {
    expect(length(28 * 3_600_000, 'zh')).toBe('1 天 4 小时')
    expect(length(61 * 60_000, 'en')).toBe('1 hour 1 minute')
    expect(length(30_000, 'zh')).toBe('不到 1 分钟')
  })
  it('have one on a card', () => {
    expect(short(-5 * 86_400_000, 'en')).toBe('5 d')
    expect(short(90 * 60_000, 'zh')).toBe('1 小时')
  })
})

it('a day has four parts', () => {
  expect([8, 12, 15, 20].map((h) => partOfDay(at(1, h)))).toEqual(['morning', 'noon', 'afternoon', 'evening'])
})
