// How long the log is, when it begins, what its newest checkpoint says.
import { answer, api } from '@/client/http'
import { useRead } from '@/client/read'
import { me } from '@/client/session'

export const useLogState = () => useRead(() => (me.value ? 'log-state' : ''), () => answer(api.GET('/api/v1/log/state')))
