// The shop window's goods: read by what is wished, further pages behind them; what was seen is there again on the way back.
import { computed, ref, shallowRef, watch } from 'vue'
import type { ProductCard } from '@/client/contract'
import { answer, api } from '@/client/http'
import { nextPaint, trueNow } from '@/client/now'
import { useRead } from '@/client/read'
import { known, me } from '@/client/session'
import { Recent } from '@/logic/recent'
import { wholeHour } from '@/start/early'

export interface Wish {
  kind: string
  place: string // organisation; '': near me
  everywhere: boolean
  words: string
  from?: string // not before: a day, a week's Monday
  until?: string // with `from`: all that begins before it
}
const pageSize = 24
const longPage = 100
const weekMost = 500 // of one week; who has more looks by kind or place

// For the way back from a product: how many an elder had brought up, two by two, by address; and what was paged in, by wish.
export const twosSeen = new Recent<number>(100)
const seen = new Recent<{ items: ProductCard[]; next?: string }>(10)

export function useMarket(wish: () => Wish) {
  const further = shallowRef<ProductCard[]>([])
  const next = ref<string>()

  async function page(limit: number, cursor?: string) {
    const w = wish()
    const where = w.place ? { organisation: w.place, subtree: true } : w.everywhere ? {} : { nearMe: true }
    const now = wholeHour(trueNow())
    const from = w.from && w.from > now ? w.from : now
    return answer(
      api.GET('/api/v1/products', {
        params: { query: { state: 'published', from, limit, ...where, ...(w.kind ? { kind: w.kind } : {}), ...(w.words ? { q: w.words } : {}), ...(cursor ? { cursor } : {}) } },
      }),
    )
  }
  /** Pages one behind the other until `enough`. */
  async function pages(enough: (items: ProductCard[]) => boolean) {
    const items: ProductCard[] = []
    let cursor: string | undefined
    do {
      const got = await page(longPage, cursor)
      items.push(...got.items)
      cursor = got.nextCursor
    } while (cursor && !enough(items))
    return { items, nextCursor: cursor }
  }
  async function before(until: string) {
    const all = await pages((items) => items.length >= weekMost || (items.at(-1)?.starts ?? '') >= until)
    return { items: all.items.filter((p) => p.starts && p.starts < until), nextCursor: undefined }
  }

  const key = () => {
    const w = wish()
    return known.value ? `market/${me.value?.id ?? ''}/${w.kind}/${w.place}/${w.everywhere}/${w.until ? `${w.from}-${w.until}` : ''}/${w.words}` : ''
  }
  const read = useRead(key, () => {
    const { until } = wish()
    return until ? before(until) : page(pageSize)
  })
  let behind = '' // the wish whose further pages are shown
  watch(read.data, (list) => {
    if (!list) return
    const before = behind === key() || history.state?.forward ? seen.get(key()) : undefined
    behind = key()
    const have = new Set(list.items.map((p) => p.id))
    further.value = (before?.items ?? []).filter((p) => !have.has(p.id))
    next.value = before ? before.next : list.nextCursor
  })
  const items = computed(() => [...(read.data.value?.items ?? []), ...further.value])

  const coming = ref(false)
  async function onward(): Promise<void> {
    const [cursor, of] = [next.value, key()]
    if (!cursor || coming.value) return
    coming.value = true
    // However soon the answer is there: that the tap was heard is seen first.
    const list = await nextPaint().then(() => page(pageSize, cursor)).catch(() => undefined)
    coming.value = false
    if (!list || key() !== of || next.value !== cursor) return // meanwhile something else was wished for
    further.value = [...further.value, ...list.items]
    next.value = list.nextCursor
    remember()
  }
  const remember = () => seen.put(key(), { items: further.value, next: next.value })
  /** All that is shown, read again: after a time without news. */
  async function again(): Promise<void> {
    const [count, of] = [items.value.length, key()]
    if (count <= pageSize || wish().until) return read.reload()
    const fresh = await pages((got) => got.length >= count).catch(() => undefined)
    if (!fresh || key() !== of) return
    seen.put(of, { items: fresh.items, next: fresh.nextCursor })
    await read.reload()
  }
  return { read, items, next, onward, coming, again }
}
