// Whether this device has a signal, and whether the server answers: known once, for all screens.
import { ref } from 'vue'

export const signal = ref(true)
export const connected = ref(true) // as far as the last attempt knows

export function heedSignal(): void {
  const look = () => (signal.value = navigator.onLine)
  look()
  addEventListener('online', look)
  addEventListener('offline', look)
}
