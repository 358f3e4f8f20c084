// What cadres do with their product: one thing at a time; what was refused is told, what was done is told to the page.
import type { ProductView } from '@/client/contract'
import type { Send } from '@/client/outbox'
import { useSending } from '@/words/sending'

export type ProductAct = 'publish' | 'capacity' | 'complete' | 'cancel' | 'pictures'
type Said<A extends ProductAct> = Omit<Send<`/api/v1/products/${string}/${A}`>, 'path' | 'about' | 'link'>

export function useProductAct(product: () => ProductView, done: () => void) {
  const { busy, wrong, refusal, say, prove, tell } = useSending()
  async function act<A extends ProductAct>(name: A, said: Said<A> = {}): Promise<void> {
    const { id } = product()
    const path: `/api/v1/products/${string}/${A}` = `/api/v1/products/${id}/${name}`
    if (await say({ ...said, path, about: `about.${name}`, link: `/products/${id}` })) done()
  }
  const proving = () => void prove().then((said) => said && done())
  return { busy, wrong, refusal, act, proving, tell }
}
