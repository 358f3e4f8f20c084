// A receipt as its screen and its paper show it: what the server says of it, its proof, and what it was about.
import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { answer, api } from '@/client/http'
import { preferences } from '@/client/preferences'
import { useRead } from '@/client/read'
import { useProof, useReceipt, verifierText } from '@/client/receipts'
import { paperAddress, type PaperAddress } from '@/proofs/address'
import { bytesOf } from '@/proofs/bytes'
import { checkProof, type Report } from '@/proofs/check'
import { leafHash } from '@/proofs/hashing'
import { verifierKey, type VerifierKey } from '@/proofs/signed_note'
import { proofIn } from '@/proofs/tlog_proof'
import { eventsSaid } from '@/words/proofs'
import { keysToCheckWith } from './log_keys'

export function useOwnReceipt(position: () => string) {
  const read = useReceipt(position)
  const view = computed(() => read.data.value)
  const signed = computed(() => view.value?.state === 'in_log')
  const proof = useProof(() => (signed.value ? position() : ''))

  // A checkpoint comes each second.
  const timer = setInterval(() => void (view.value && !signed.value && read.reload()), 1_000)
  onScopeDispose(() => clearInterval(timer))

  const own = computed(() => ({ kind: view.value?.kind ?? '', id: view.value?.stream.split('/')[1] ?? '' }))
  const of = (kind: string) => () => (own.value.kind === kind ? `${kind}/${own.value.id}` : '')
  const request = useRead(of('request'), () => answer(api.GET('/api/v1/requests/{id}', { params: { path: { id: own.value.id } } })))
  const product = useRead(of('product'), () => answer(api.GET('/api/v1/products/{id}', { params: { path: { id: own.value.id } } })))
  const title = computed(() => request.data.value?.title ?? product.data.value?.title ?? '')
  const page = computed(() => (own.value.kind === 'request' ? `/requests/${own.value.id}` : own.value.kind === 'product' ? `/products/${own.value.id}` : ''))
  const what = computed(() => (view.value ? eventsSaid(view.value.kind, view.value.events, preferences.language) : ''))

  const key = shallowRef<VerifierKey>()
  const paper = shallowRef<PaperAddress>()
  watch(
    proof.data,
    async (file) => {
      paper.value = undefined
      if (!file) return
      try {
        const parsed = proofIn(bytesOf(file))
        paper.value = paperAddress(`${location.origin}/verify.html`, file, parsed, await leafHash(parsed.record!))
        const text = await verifierText()
        key.value = text ? await verifierKey(text) : undefined
      } catch {
        // what is wrong with it, the check says
      }
    },
    { immediate: true },
  )
  const check = async (): Promise<Report | undefined> => (proof.data.value ? checkProof(proof.data.value, await keysToCheckWith()) : undefined)
  return { read, view, signed, proof, title, page, what, key, paper, check }
}
