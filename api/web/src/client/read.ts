// Reads for screens: first what this device has, then the server's answer; without an answer the old one stays, marked as such.
import { computed, onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { corrected } from './now'
import { asProblem, type Problem } from './problem'
import { keep, kept } from './store'

interface Kept<T> {
  at: number // ms since 1970, by this device
  body: T
}

export interface Page<T> {
  items: T[]
  nextCursor?: string
}

export interface Read<T> {
  data: ShallowRef<T | undefined>
  at: Ref<number> // when it was read; 0: never
  problem: ShallowRef<Problem | undefined>
  loading: Ref<boolean>
  reload: () => Promise<void>
}

const retryAfterMs = [1_000, 2_000, 4_000, 8_000, 15_000]

/** `key` names the answer on this device; while it is empty nothing is read. `stays`: it is kept there. */
export function useRead<T>(key: () => string, ask: () => Promise<T>, stays: () => boolean = () => true): Read<T> {
  const data = shallowRef<T>()
  const at = ref(0)
  const problem = shallowRef<Problem>()
  const loading = ref(false)
  let turn = 0
  let failures = 0
  let gone = false
  let own: T | undefined // what this device had: the same answer again is not drawn again
  let timer: ReturnType<typeof setTimeout> | undefined

  async function reload(): Promise<void> {
    clearTimeout(timer)
    const name = key()
    if (!name || gone) return
    const mine = ++turn
    loading.value = true
    try {
      const body = await ask()
      if (mine !== turn) return
      data.value = own !== undefined && own === data.value && JSON.stringify(own) === JSON.stringify(body) ? own : body
      at.value = Date.now()
      problem.value = undefined
      failures = 0
      if (stays()) void keep('reads', name, { at: at.value, body } satisfies Kept<T>)
    } catch (error) {
      if (mine !== turn) return
      problem.value = asProblem(error)
      if (problem.value.mayPass) timer = setTimeout(reload, Math.max(retryAfterMs[Math.min(failures++, retryAfterMs.length - 1)]!, (problem.value.retryAfter ?? 0) * 1_000))
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  async function begin(name: string): Promise<void> {
    turn++ // what was asked under another name is neither shown nor kept under this one
    clearTimeout(timer)
    loading.value = false
    data.value = undefined
    at.value = 0
    problem.value = undefined
    if (!name) return
    const before = turn
    if (stays())
      void kept<Kept<T>>('reads', name).then((old) => {
        if (old && data.value === undefined && turn <= before + 1 && key() === name) {
          data.value = own = old.body
          at.value = old.at
        }
      })
    await reload()
  }

  watch(key, begin, { immediate: true })
  watch(corrected, () => void reload())
  const back = () => void reload()
  addEventListener('online', back)
  onScopeDispose(() => {
    gone = true
    turn++
    clearTimeout(timer)
    removeEventListener('online', back)
  })
  return { data, at, problem, loading, reload }
}

/** A list, page by page: the first as any other read, the further ones behind it when they are asked for. */
export function usePages<T>(key: () => string, ask: (cursor?: string) => Promise<Page<T>>) {
  const first = useRead(key, () => ask())
  const further = shallowRef<T[]>([])
  const next = ref<string>()
  watch(first.data, (page) => {
    further.value = []
    next.value = page?.nextCursor
  })
  const items = computed(() => [...(first.data.value?.items ?? []), ...further.value])
  async function more(): Promise<void> {
    const cursor = next.value
    const of = first.data.value
    const page = cursor ? await ask(cursor).catch(() => undefined) : undefined
    if (!page || of !== first.data.value || next.value !== cursor) return
    further.value = [...further.value, ...page.items]
    next.value = page.nextCursor
  }
  return { first, items, next, more }
}
