// Answers about moments that are over: they do not change, so that one that was asked for once is at hand, and a neighbour can be asked for
// before somebody goes there.
import { Recent } from '@/logic/recent'

const known = new Recent<Promise<unknown>>(16)

/** The answer that `key` names: the one that is here or on its way, or a new one. A failure is not kept. */
export function pastAnswer<T>(key: string, ask: () => Promise<T>): Promise<T> {
  const there = known.get(key) as Promise<T> | undefined
  if (there) return there
  const answer = ask()
  known.put(key, answer)
  answer.catch(() => known.get(key) === answer && known.drop(key))
  return answer
}

/** What was read for one person is not shown to the next. */
export const forgetPast = (): void => known.clear()
