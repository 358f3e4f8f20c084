// The log page by page, narrowed to what is wanted. The server looks at so many commits for a page, which may then be short or empty: it is asked
// on until there is something to read.
import { ref } from 'vue'
import type { LogEntry, OrganisationName } from '@/client/contract'
import { answer, api } from '@/client/http'
import { usePages } from '@/client/read'

export interface LogWanted {
  from: string // position; '': by the moment, or the order
  at: string
  newest: boolean
  kind: string
  organisation: string
}
export interface LogTold extends LogEntry {
  names: OrganisationName[]
}

const pageMost = 50
const enough = 20
const askedMost = 40 // pages of 5,000 commits, for one that is shown

export function useLog(wanted: () => LogWanted) {
  const seen = ref(0) // entries that were passed over so far, while nothing is found
  const query = () => {
    const w = wanted()
    const narrow = { ...(w.kind ? { kind: w.kind } : {}), ...(w.organisation ? { organisation: w.organisation } : {}) }
    return { ...narrow, order: w.newest ? 'newest' : 'oldest', limit: pageMost, ...(w.from ? { from: Number(w.from) } : w.at ? { at: w.at } : {}) }
  }
  const { first, items, next, more } = usePages<LogTold>(
    () => `log/${JSON.stringify(query())}`,
    async (cursor) => {
      const found: LogTold[] = []
      const asked = query()
      let at = cursor
      const began = Number(cursor ?? ('from' in asked ? asked.from : -1))
      for (let page = 0; page < askedMost && found.length < enough; page++) {
        const got = await answer(api.GET('/api/v1/log', { params: { query: { ...asked, ...(at ? { cursor: at } : {}) } } }))
        found.push(...got.items.map((i) => ({ ...i, names: got.names })))
        at = got.nextCursor
        if (!at) break
        if (began >= 0) seen.value = Math.abs(Number(at) - began)
      }
      seen.value = 0
      return { items: found, ...(at ? { nextCursor: at } : {}) }
    },
  )
  return { first, items, next, more, seen }
}
