// What a figure file has in common: where its figures go, a city with much in it, a slowed page whose interactions are timed.
import { appendFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { call, hours, type City } from '../../browser/city'

export interface Figure {
  name: string
  unit: string
  value: number
  note?: string
}
/** A line of JSON for whoever reads on, and one for whoever looks. */
export function figure(found: Figure): void {
  console.log(`${found.name}: ${found.value} ${found.unit}${found.note ? ` (${found.note})` : ''}`)
  if (process.env.PIONEER_FIGURES) appendFileSync(process.env.PIONEER_FIGURES, `${JSON.stringify(found)}\n`)
}

/** `work` for each of `count`, so many at once. */
export async function each(count: number, work: (i: number) => Promise<unknown>, atOnce = 32): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

const troubles = ['路灯坏了', '水龙头一直滴水', '垃圾房味道大', '电梯门关得太快', '楼道堆了东西', '井盖松了', '树枝挡住窗户', '夜里有噪音', '门禁刷不开', '下水道堵了']
const categories = ['repair', 'sanitation', 'lift', 'street_light', 'noise']

/** Requests in every column of a board: most submitted, a fifth each accepted, under way and resolved. */
export async function manyRequests(city: City, count: number): Promise<void> {
  const { items } = await call<{ items: { code: string }[] }>(city, city.cadre.token, 'categories')
  const known = categories.filter((c) => items.some((i) => i.code === c))
  await each(count, async (i) => {
    const asker = i % 2 ? city.member : city.neighbour
    const { id } = await call<{ id: string }>(city, asker.token, 'requests', {
      title: `${(i % 40) + 1} 号楼${troubles[i % troubles.length]} ${i}`,
      description: '请来看看。',
      category: known[i % known.length],
      organisation: city.community.id,
    })
    const step = i % 5
    if (step < 2) return
    await call(city, city.cadre.token, `requests/${id}/accept`, {})
    if (step > 2) await call(city, city.cadre.token, `requests/${id}/progress`, { text: '师傅明早来' })
    if (step > 3) await call(city, city.cadre.token, `requests/${id}/resolve`, { text: '好了' })
  })
}

const offers = ['陶艺课', '四点半课堂', '青年快线', '义诊量血压', '理发', '书法班', '心理咨询', '亲子阅读', '法律咨询', '健步走']
const kinds = ['activity', 'service', 'transport', 'clinic', 'service', 'training', 'clinic', 'activity', 'service', 'activity']

export async function manyProducts(city: City, count: number): Promise<void> {
  await each(count, async (i) => {
    const { id } = await call<{ id: string }>(city, city.cadre.token, 'products', {
      title: `${offers[i % offers.length]} ${i}`,
      description: '带上好心情就行，材料都备好了。',
      kind: kinds[i % kinds.length],
      organisation: city.community.id,
      capacity: 20,
      maxPerMember: 2,
      waitlist: true,
      sessions: [{ starts: hours(24 + i), ends: hours(26 + i), venue: '社区活动室二楼' }],
    })
    await call(city, city.cadre.token, `products/${id}/publish`, {})
  })
}

/** A page whose interactions are timed. */
export interface Timer {
  /** Does `act`, one interaction, and notes its time. */
  of: (what: string, act: () => Promise<unknown>) => Promise<void>
  /** The kind of interaction whose middle one took longest. */
  tell: (name: string, note: string) => void
}
interface Timed {
  paint: number // ms from the input to the next paint (Event Timing); what took less than 16 counts as 16
  busy: number // ms of the page's thread, whatever else the machine does
  of: number[] // of that: script, style, layout
}
type Watched = { timed: { id: number; ms: number }[] }

/** To be called before the page is opened. Its processor is slowed so many times. */
export async function timed(page: Page, times: number): Promise<Timer> {
  await page.addInitScript(() => {
    const all: Watched['timed'] = []
    ;(window as unknown as Watched).timed = all
    new PerformanceObserver((list) => {
      for (const e of list.getEntries() as (PerformanceEventTiming & { interactionId: number })[]) if (e.interactionId) all.push({ id: e.interactionId, ms: e.duration })
    }).observe({ type: 'event', durationThreshold: 16, buffered: true } as PerformanceObserverInit)
  })
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setCPUThrottlingRate', { rate: times })
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const busy = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    return ['TaskDuration', 'ScriptDuration', 'RecalcStyleDuration', 'LayoutDuration'].map((name) => 1_000 * metrics.find((m) => m.name === name)!.value)
  }
  const settled = () => page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 60)))))
  const found = new Map<string, Timed[]>()
  return {
    of: async (what, act) => {
      await settled()
      const before = await page.evaluate(() => (window as unknown as Watched).timed.length)
      const busyBefore = await busy()
      await act()
      await settled()
      const [took, ...parts] = (await busy()).map((ms, i) => ms - busyBefore[i]!)
      const entries = await page.evaluate((from) => (window as unknown as Watched).timed.slice(from), before)
      found.set(what, [...(found.get(what) ?? []), { paint: Math.max(16, ...entries.map((e) => e.ms)), busy: took!, of: parts }])
    },
    tell: (name, note) => {
      const middle = (ms: number[]) => [...ms].sort((a, b) => a - b)[Math.floor(ms.length / 2)]!
      const kinds = [...found].map(([what, all]) => ({ what, paint: middle(all.map((t) => t.paint)), busy: Math.round(middle(all.map((t) => t.busy))), 'script, style, layout': [0, 1, 2].map((i) => Math.round(middle(all.map((t) => t.of[i]!)))).join(', '), n: all.length, worst: Math.max(...all.map((t) => t.paint)) }))
      console.table(kinds)
      const slow = kinds.reduce((a, b) => (b.paint > a.paint ? b : a))
      figure({ name, unit: 'ms', value: slow.paint, note: `${note}; the slowest of ${kinds.length} kinds of interaction is "${slow.what}": the median of ${slow.n}, ${slow.busy} ms of the page's thread; worst of all ${Math.max(...kinds.map((k) => k.worst))} ms` })
    },
  }
}
