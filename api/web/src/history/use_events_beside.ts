// The event before and after a moment: of a stream, or of what concerns an organisation.
import { answer, api } from '@/client/http'
import { isAuditor } from '@/client/session'
import { beside, shifted } from '@/logic/instant'

export type Beside = (at: string, way: 'before' | 'after') => Promise<string>

const pagesMost = 20 // of 200 commits: a stream that is longer is stepped through to there

/** All moments at which something happened to a stream, as far as its pages go. */
export function eventsOfStream(kind: string, id: string): Beside {
  let all: Promise<string[]> | undefined
  async function read(): Promise<string[]> {
    const moments: string[] = []
    let cursor: string | undefined
    for (let page = 0; page < pagesMost; page++) {
      const view = await answer(api.GET('/api/v1/streams/{kind}/{id}', { params: { path: { kind, id }, query: cursor ? { cursor } : {} } }))
      moments.push(...view.items.map((c) => c.recordedAt ?? ''))
      cursor = view.nextCursor
      if (!cursor) break
    }
    return moments
  }
  return async (at, way) => {
    // What happened since is found, too: only the past does not change.
    if (!at) all = undefined
    all ??= read()
    return beside(await all.catch(() => ((all = undefined), [])), at, way)
  }
}

const lookedMost = 40 // pages of 5,000 commits

/** What happened to requests of an organisation and those below it: for those who read the log. */
export function eventsOfOrganisation(organisation: () => string): Beside | undefined {
  if (!isAuditor.value) return undefined
  return async (at, way) => {
    if (!at && way === 'after') return ''
    const order = way === 'before' ? 'newest' : 'oldest'
    // Newest first begins with what was recorded at the moment itself.
    const from = at ? { at: way === 'before' ? shifted(at, -1n) : at } : {}
    let cursor: string | undefined
    for (let page = 0; page < lookedMost; page++) {
      const view = await answer(api.GET('/api/v1/log', { params: { query: { ...(cursor ? { cursor } : from), order, organisation: organisation(), kind: 'request', limit: 1 } } }))
      if (view.items[0]) return view.items[0].recordedAt ?? ''
      cursor = view.nextCursor
      if (!cursor) return ''
    }
    return ''
  }
}
