// Two moments compared, page by page, until everything between them was looked at. What was asked before counts no more.
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { RequestDifference } from '@/client/contract'
import { answer, api } from '@/client/http'
import { asProblem, type Problem } from '@/client/problem'
import { summed } from '@/logic/differences'

export interface Compared {
  organisation: string
  from: string
  to: string // '': now
}

export function useDifferences(wanted: () => Compared | undefined) {
  const items = shallowRef<RequestDifference[]>()
  const counts = shallowRef<{ type: string; count: number }[]>([])
  const looked = ref(0)
  const going = ref(false)
  const problem = shallowRef<Problem>()
  let turn = 0

  async function compare(): Promise<void> {
    const mine = ++turn
    const w = wanted()
    items.value = undefined
    counts.value = []
    looked.value = 0
    problem.value = undefined
    going.value = !!w
    if (!w) return
    try {
      let cursor: string | undefined
      do {
        const query = { organisation: w.organisation, from: w.from, ...(w.to ? { to: w.to } : {}), ...(cursor ? { cursor } : {}) }
        const page = await answer(api.GET('/api/v1/differences', { params: { query } }))
        if (mine !== turn) return
        items.value = [...(items.value ?? []), ...page.items]
        counts.value = summed([...counts.value, ...page.counts])
        looked.value += page.commits
        cursor = page.nextCursor
      } while (cursor)
    } catch (error) {
      if (mine === turn) problem.value = asProblem(error)
    }
    if (mine === turn) going.value = false
  }
  watch(() => JSON.stringify(wanted() ?? null), compare, { immediate: true })
  onScopeDispose(() => turn++)
  return { items, counts, looked, going, problem, compare }
}
