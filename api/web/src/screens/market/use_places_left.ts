// Places left of the products on screen, as they change.
import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'
import type { ProductCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import { gathered, useLive } from '@/client/live'

type Counts = Pick<ProductCard, 'placesLeft' | 'waiting' | 'capacity' | 'state'>

/** `again` reads all of them: after a time without news, one by one would be too many. */
export function usePlacesLeft(items: Ref<ProductCard[]>, again: () => Promise<void>): ComputedRef<ProductCard[]> {
  const now = ref<Record<string, Counts>>({})
  const moved = new Set<string>()

  // One after the other, also those that move while one is asked: an older answer never comes behind a newer one.
  let looking = false
  let gone = false
  onScopeDispose(() => (gone = true))
  const look = gathered(async () => {
    if (looking) return
    looking = true
    for (const id of moved) {
      moved.delete(id) // moved again, it stands behind the others
      if (gone) break
      try {
        const p = await answer(api.GET('/api/v1/products/{id}', { params: { path: { id } } }))
        now.value = { ...now.value, [id]: { placesLeft: p.placesLeft, waiting: p.waiting, capacity: p.capacity, state: p.state } }
      } catch {
        // it stays as it was, until the next change
      }
    }
    looking = false
  }, 150)

  useLive(
    () => (items.value.length ? 'types=ClaimPlaced,ClaimCancelled,PlacesPromoted,CapacityChanged,ProductCancelled' : ''),
    (what) => {
      const id = what.stream.replace(/^product\//, '')
      if (items.value.some((p) => p.id === id)) {
        moved.add(id)
        look()
      }
    },
    () => void again().then(() => (now.value = {})),
  )
  return computed(() => items.value.map((p) => (now.value[p.id] ? { ...p, ...now.value[p.id] } : p)))
}
