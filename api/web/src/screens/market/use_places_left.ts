// Places left of the products on screen, as they change.
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { ProductCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import { gathered, useLive } from '@/client/live'

type Counts = Pick<ProductCard, 'placesLeft' | 'waiting' | 'capacity' | 'state'>

/** `again` reads all of them: after a time without news, one by one would be too many. */
export function usePlacesLeft(items: Ref<ProductCard[]>, again: () => Promise<void>): ComputedRef<ProductCard[]> {
  const now = ref<Record<string, Counts>>({})
  const moved = new Set<string>()

  const look = gathered(async () => {
    const ids = [...moved]
    moved.clear()
    for (const id of ids) {
      try {
        const p = await answer(api.GET('/api/v1/products/{id}', { params: { path: { id } } }))
        now.value = { ...now.value, [id]: { placesLeft: p.placesLeft, waiting: p.waiting, capacity: p.capacity, state: p.state } }
      } catch {
        // it stays as it was, until the next change
      }
    }
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
