// A button that says something to the server: one thing at a time, and what was refused is told in words.
import { reactive, readonly, ref } from 'vue'
import type { AnswerOf, Change } from '@/client/contract'
import { send, type Letter, type Send } from '@/client/outbox'
import { asProblem, noRefusal, refusalOf, type Problem, type Refusal } from '@/client/problem'
import { problemWords } from '.'

/** The server's answer, or what waits for a signal or until it cannot be taken back any more. */
export type Said<T> = { done: T; waiting?: undefined } | { waiting: Letter; done?: undefined }

export function useSending() {
  const busy = ref(false)
  const wrong = ref('')
  const code = ref('') // of what was refused
  const refusal = reactive<Refusal>({ ...noRefusal })
  let last: Send<Change> | undefined
  /** What is wrong without the server having been asked; nothing, where that is over. */
  function tell(words = ''): void {
    wrong.value = words
    code.value = ''
    Object.assign(refusal, noRefusal)
  }
  /** Nothing where it was refused, or while the one before is on its way. */
  async function say<C extends Change>(what: Send<C>): Promise<Said<AnswerOf<C>> | undefined> {
    if (busy.value) return undefined
    busy.value = true
    tell()
    last = what as unknown as Send<Change>
    const outcome = await send(what)
    busy.value = false
    if (!('problem' in outcome)) return outcome
    wrong.value = problemWords(outcome.problem)
    code.value = outcome.problem.code
    Object.assign(refusal, refusalOf(outcome.problem, !!what.receipt))
    return undefined
  }
  /** Says the very same again, so that a refusal of it stands in the log; should it be taken now, it is done. */
  const prove = <C extends Change>(): Promise<Said<AnswerOf<C>> | undefined> => (last ? say({ ...(last as unknown as Send<C>), receipt: 'refusal' }) : Promise.resolve(undefined))
  return { busy, wrong: readonly(wrong), code, refusal, say, prove, tell }
}

/** The same where the answer is needed at once, and nothing waits for a signal: what was refused is told in words. */
export function useAsking() {
  const busy = ref(false)
  const wrong = ref('')
  async function ask<T>(what: () => Promise<T>, told: (problem: Problem) => string = problemWords): Promise<T | undefined> {
    if (busy.value) return undefined
    busy.value = true
    wrong.value = ''
    try {
      return await what()
    } catch (error) {
      wrong.value = told(asProblem(error))
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, wrong, ask }
}
