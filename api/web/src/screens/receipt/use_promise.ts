// What the log promised of this place when it took the change in, as far as this device kept it, and what became of that.
import { computed, shallowRef, watch } from 'vue'
import type { Receipt } from '@/client/contract'
import { answer, api } from '@/client/http'
import { useNow } from '@/client/now'
import { promisesOf } from '@/client/promises'
import type { Read } from '@/client/read'
import { base64Read, hexOf, textOf } from '@/proofs/bytes'
import { checkPromise, fateOf, type LogPromise } from '@/proofs/promise'
import type { VerifierKey } from '@/proofs/signed_note'
import { keysToCheckWith } from './log_keys'

/** Nothing for what this log has not signed. */
async function read(promise: string, keys: VerifierKey[]): Promise<LogPromise | undefined> {
  try {
    return await checkPromise(textOf(base64Read(promise) ?? new Uint8Array()) ?? '', keys)
  } catch {
    return undefined
  }
}

/** `receipt`: what the server says of this place. */
export function usePromise(position: () => string, receipt: Read<Receipt>) {
  const promises = shallowRef<LogPromise[]>([])
  // The log's own, as they checked the promises: also where no receipt comes.
  const verifiers = shallowRef<string[]>([])
  const now = useNow()
  watch(
    position,
    async (at) => {
      promises.value = []
      const notes = await promisesOf(at)
      if (notes.length === 0) return
      const keys = await keysToCheckWith()
      const found = await Promise.all(notes.map((n) => read(n, keys)))
      if (position() !== at) return
      promises.value = found.filter((p): p is LogPromise => String(p?.position) === at)
      verifiers.value = keys.filter((key) => key.kind === 'log' && promises.value.some((p) => p.origin === key.name)).map((key) => key.text)
    },
    { immediate: true },
  )

  // Whoever gets no answer knows nothing: "not there", or "not yours", is one.
  const answered = computed(() => !receipt.loading.value && (receipt.problem.value ? [403, 404].includes(receipt.problem.value.status) : !!receipt.data.value))
  const fate = computed(() => fateOf(promises.value, { leaf: receipt.data.value?.leafHash, inTree: receipt.data.value?.state === 'in_log', at: answered.value ? now.value : 0 }))
  const promise = computed(() => promises.value[0])

  /** What shows together with the promise that it was broken: another promise, the receipt of what stands there, or what the log signs now. */
  async function evidence(proof?: string): Promise<string> {
    if (fate.value === 'twice') return promises.value.find((p) => hexOf(p.leaf) !== hexOf(promise.value!.leaf))!.note
    if (proof) return proof
    const signed = (path: '/log/witnessed' | '/log/checkpoint') => answer(api.GET(path, { parseAs: 'text' })).then(String)
    return signed('/log/witnessed').catch(() => signed('/log/checkpoint'))
  }
  return { promise, fate, evidence, verifiers }
}
