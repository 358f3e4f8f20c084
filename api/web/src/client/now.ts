// The time, as one clock for all screens: the server's, for a phone's own may be wrong. It ticks twice a minute and when the page is
// seen again.
import { computed, hasInjectionContext, inject, provide, ref, type InjectionKey, type Ref } from 'vue'

let aheadMs = 0 // this device's clock, to the server's
const faultMs = 60_000 // less is no fault: the header has whole seconds, and the way takes its time

/** What time it is. Before the first answer: what this device believes. */
export const trueNow = (): number => Date.now() - aheadMs

/** How often this device's clock was found wrong: what was asked by it is asked again. */
export const corrected = ref(0)
const now = ref(trueNow())
const tick = () => (now.value = trueNow())
let ticking = false

/** The `Date` of an answer that has just come. */
export function hearTime(date: string | null): void {
  const said = Date.parse(date ?? '')
  if (Number.isNaN(said)) return
  const ahead = Date.now() - said
  const next = Math.abs(ahead) < faultMs ? 0 : ahead
  if (Math.abs(next - aheadMs) < faultMs / 2) return
  aheadMs = next
  corrected.value++
  tick()
}

/** The browser may paint and take input before what follows. */
export const nextTurn = (): Promise<void> => new Promise((done) => setTimeout(done))

/** After the next paint: what a tap or a key shows at once comes before what takes longer. */
export const nextPaint = (): Promise<void> => new Promise((done) => (document.hidden ? setTimeout(done) : requestAnimationFrame(() => setTimeout(done))))

const standing: InjectionKey<Ref<number>> = Symbol('the moment that is looked at')

/** What is below this component looks at another moment as at its own now; 0: at now. */
export function standAt(ms: () => number): void {
  const here = useNow()
  provide(standing, computed(() => ms() || here.value))
}

export function useNow(): Ref<number> {
  const there = hasInjectionContext() ? inject(standing, undefined) : undefined
  if (there) return there
  if (!ticking) {
    ticking = true
    setInterval(tick, 30_000)
    document.addEventListener('visibilitychange', tick)
  }
  return now
}
