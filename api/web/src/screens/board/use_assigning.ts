// To whom a request can be given: the organisations directly below its holder, then those above, numbered for the keyboard.
import { ref, shallowRef } from 'vue'
import type { OrganisationName, RequestCard } from '@/client/contract'
import { answer, api } from '@/client/http'

export function useAssigning(holder: () => string) {
  const card = shallowRef<RequestCard>()
  const choices = ref<OrganisationName[]>([])
  const known = new Map<string, OrganisationName[]>()

  async function open(which: RequestCard): Promise<void> {
    card.value = which
    const id = holder()
    choices.value = known.get(id) ?? []
    if (choices.value.length || !id) return
    try {
      const [below, self] = await Promise.all([
        answer(api.GET('/api/v1/organisations', { params: { query: { parent: id, limit: 50 } } })),
        answer(api.GET('/api/v1/organisations/{id}', { params: { path: { id } } })),
      ])
      const found = [...below.items.map((o) => ({ id: o.id, name: o.name })), ...[...self.ancestors].reverse()]
      known.set(id, found)
      if (card.value === which) choices.value = found // another may have been opened meanwhile: its numbers are its own
    } catch {
      // the picker below still searches
    }
  }
  const close = () => (card.value = undefined)
  return { card, choices, open, close }
}
