// A long list is drawn paint by paint: its first rows answer the tap, the others follow while one looks at them.
import { computed, onScopeDispose, ref, watch, type ComputedRef } from 'vue'
import { nextPaint } from '@/client/now'

/** Of `all`, as much as is drawn by now. A list with another beginning (by `key`) begins anew; one that grows goes on. */
export function useGradually<T>(all: () => readonly T[], key: (one: T) => unknown, first = 24, step = 48): ComputedRef<readonly T[]> {
  const many = ref(first)
  let begins: unknown
  let going = false
  let gone = false

  async function grow(): Promise<void> {
    if (going) return
    going = true
    while (!gone && many.value < all().length) {
      await nextPaint()
      many.value += step
    }
    going = false
  }
  watch(
    all,
    (list) => {
      const now = list.length ? key(list[0]!) : undefined
      if (now !== begins) many.value = first
      begins = now
      void grow()
    },
    { immediate: true },
  )
  onScopeDispose(() => (gone = true))
  return computed(() => all().slice(0, many.value))
}
