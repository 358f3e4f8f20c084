// The query that means "near me", from the member's organisation; everywhere for those who are not signed in.
import { nearOrganisation } from '@/logic/near'
import { answer, api } from './http'
import { me } from './session'

const found = new Map<string, string>()

export async function nearby(): Promise<{ organisation?: string; subtree?: boolean }> {
  const own = me.value?.organisation?.id
  if (!own) return {}
  if (!found.has(own)) {
    const view = await answer(api.GET('/api/v1/organisations/{id}', { params: { path: { id: own } } }))
    found.set(own, nearOrganisation(view))
  }
  return { organisation: found.get(own)!, subtree: true }
}
