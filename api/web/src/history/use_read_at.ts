// A read of now or of a moment. While another moment is on its way, what is there stays, under its own name.
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref } from 'vue'
import { pastAnswer } from '@/client/past'
import { useRead, type Read } from '@/client/read'
import type { Moment } from './use_moment'

export interface ReadAt<T> extends Read<T> {
  shownAt: Ref<string> // the moment of what is shown; '': now
  changing: ComputedRef<boolean> // another moment is on its way
}

/** `key` names the subject; `ask` is told the moment, or nothing for now. */
export function useReadAt<T>(moment: Pick<Moment, 'at' | 'ahead'>, key: () => string, ask: (asOf?: string) => Promise<T>): ReadAt<T> {
  const named = (at: string) => (key() ? (at ? `${key()}@${at}` : key()) : '')
  const read = useRead<T>(
    () => named(moment.at.value),
    () => (moment.at.value ? pastAnswer(named(moment.at.value), () => ask(moment.at.value)) : ask()),
    () => !moment.at.value,
  )
  const data = shallowRef<T>()
  const shownAt = ref('')
  const subject = ref('')
  watch(
    read.data,
    (now) => {
      if (now === undefined) return
      data.value = now
      shownAt.value = moment.at.value
      subject.value = key()
      const next = moment.ahead.value
      if (moment.at.value && next) void pastAnswer(named(next), () => ask(next)).catch(() => undefined)
    },
    { immediate: true },
  )
  watch(key, (name) => {
    if (name !== subject.value) data.value = undefined
  })
  watch(read.problem, (problem) => {
    if (problem && !problem.mayPass) data.value = undefined // at that moment there is nothing to see
  })
  return { ...read, data, shownAt, changing: computed(() => data.value !== undefined && shownAt.value !== moment.at.value) }
}
