// The moment at which a screen stands: in its address, so that it can be sent to somebody, and back leads where one came from.
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { isoOf, microsOf, momentIn } from '@/logic/instant'
import { trueNow } from '@/client/now'

export interface Moment {
  at: ComputedRef<string> // '': now
  ms: ComputedRef<number> // 0: now
  past: ComputedRef<boolean>
  ahead: Ref<string> // where somebody may go next; '': nobody knows
  go: (at: string) => void
}

export function useMoment(): Moment {
  const route = useRoute()
  const router = useRouter()
  const at = computed(() => momentIn(route.query.at))
  const ahead = ref('')

  function go(to: string): void {
    const [from, next] = [microsOf(at.value), microsOf(to)]
    // On by as much again, if that has been.
    const further = from !== undefined && next !== undefined ? next + (next - from) : undefined
    ahead.value = further !== undefined && further < BigInt(trueNow()) * 1_000n && further > 0n ? isoOf(further) : ''
    void router.replace({ query: { ...route.query, at: to || undefined } })
  }
  return { at, ms: computed(() => (at.value ? Date.parse(at.value) : 0)), past: computed(() => at.value !== ''), ahead, go }
}
