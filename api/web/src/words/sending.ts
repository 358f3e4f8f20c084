// A button that says something to the server: one thing at a time, and what was refused is told in words.
import { reactive, ref } from 'vue'
import type { AnswerOf, Change } from '@/client/contract'
import { send, type Letter, type Send } from '@/client/outbox'
import { asProblem, type Problem } from '@/client/problem'
import { problemWords } from '.'

/** The server's answer, or what waits for a signal or until it cannot be taken back any more. */
export type Said<T> = { done: T; waiting?: undefined } | { waiting: Letter; done?: undefined }

/** What is known of a refusal: whether a rule refused, and whether that stands in the log. */
export interface Refusal {
  rule: boolean
  position: string
  unrecorded: boolean // it was asked for, and this log records none
}

export function useSending() {
  const busy = ref(false)
  const wrong = ref('')
  const code = ref('') // of what was refused
  const refusal = reactive<Refusal>({ rule: false, position: '', unrecorded: false })
  let last: Send<Change> | undefined
  /** Nothing where it was refused, or while the one before is on its way. */
  async function say<C extends Change>(what: Send<C>): Promise<Said<AnswerOf<C>> | undefined> {
    if (busy.value) return undefined
    busy.value = true
    wrong.value = ''
    code.value = ''
    Object.assign(refusal, { rule: false, position: '', unrecorded: false })
    last = what as unknown as Send<Change>
    const outcome = await send(what)
    busy.value = false
    if (!('problem' in outcome)) return outcome
    wrong.value = problemWords(outcome.problem)
    code.value = outcome.problem.code
    const { position = '', status } = outcome.problem
    Object.assign(refusal, { rule: status === 409, position, unrecorded: !!what.receipt && status === 409 && !position })
    return undefined
  }
  /** Says the very same again, so that a refusal of it stands in the log; should it be taken now, it is done. */
  const prove = <C extends Change>(): Promise<Said<AnswerOf<C>> | undefined> => (last ? say({ ...(last as unknown as Send<C>), receipt: 'refusal' }) : Promise.resolve(undefined))
  return { busy, wrong, code, refusal, say, prove }
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
