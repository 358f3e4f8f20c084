// A request, read and followed live; or as it was at a moment.
import { answer, api } from '@/client/http'
import { gathered, useLive } from '@/client/live'
import { onSent } from '@/client/outbox'
import type { Moment } from '@/history/use_moment'
import { useReadAt } from '@/history/use_read_at'
import { onScopeDispose } from 'vue'
import type { RequestView } from '@/client/contract'

export function useRequest(id: () => string, moment: Pick<Moment, 'at' | 'ahead' | 'past'>) {
  const read = useReadAt<RequestView>(
    moment,
    () => (id() ? `request/${id()}` : ''),
    (asOf) => answer(api.GET('/api/v1/requests/{id}', { params: { path: { id: id() }, query: asOf ? { asOf } : {} } })),
  )
  const again = gathered(() => void read.reload(), 80)
  useLive(() => (id() && !moment.past.value ? `stream=request/${id()}` : ''), again, again)
  onScopeDispose(
    onSent((letter) => {
      if (letter.path.includes(`/requests/${id()}/`)) again()
    }),
  )
  const changed = (view: RequestView) => (view.id === id() ? void (read.data.value = view) : again())
  return { read, changed, again }
}
