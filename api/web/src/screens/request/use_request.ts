// A request, read and followed live.
import { answer, api } from '@/client/http'
import { gathered, useLive } from '@/client/live'
import { onSent } from '@/client/outbox'
import { useRead } from '@/client/read'
import { onScopeDispose } from 'vue'
import type { RequestView } from '@/client/contract'

export function useRequest(id: () => string) {
  const read = useRead<RequestView>(
    () => (id() ? `request/${id()}` : ''),
    () => answer(api.GET('/api/v1/requests/{id}', { params: { path: { id: id() } } })),
  )
  const again = gathered(() => void read.reload(), 80)
  useLive(() => (id() ? `stream=request/${id()}` : ''), again, again)
  onScopeDispose(
    onSent((letter) => {
      if (letter.path.includes(`/requests/${id()}/`)) again()
    }),
  )
  const changed = (view: RequestView) => (view.id === id() ? void (read.data.value = view) : again())
  return { read, changed, again }
}
