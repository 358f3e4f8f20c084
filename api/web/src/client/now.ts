// The time, as one clock for all screens: it ticks twice a minute and when the page is seen again.
import { ref, type Ref } from 'vue'

const now = ref(Date.now())
let ticking = false

export function useNow(): Ref<number> {
  if (!ticking) {
    ticking = true
    setInterval(() => (now.value = Date.now()), 30_000)
    document.addEventListener('visibilitychange', () => (now.value = Date.now()))
  }
  return now
}
