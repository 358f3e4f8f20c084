// Pictures that cannot be shown now: without a signal, or since they were taken away. Nobody meets the browser's torn page.
import { onScopeDispose, ref, watch, type Ref } from 'vue'

/** True after `miss`; another address, and a signal that is back, are another try. */
export function useLost(address: () => string | undefined): { lost: Ref<boolean>; miss: () => void } {
  const lost = ref(false)
  const again = () => (lost.value = false)
  watch(address, again)
  addEventListener('online', again)
  onScopeDispose(() => removeEventListener('online', again))
  return { lost, miss: () => (lost.value = true) }
}
