// What the log promised when it took something in: "in the log by then". Kept as it was signed, beside what was read, and for as long.
import { keep, kept } from './store'

interface Kept {
  at: number
  body: string[]
}

const name = (position: string) => `promise/${position}`
const mostOfOne = 4 // a log that promises one place to many has broken its word by the second

/** What is asked for with a promise: that which one wants to hold in one's hands later. */
export const isPromised = (path: string): boolean => /\/(requests|claims|rating|rate)$/.test(path)

/** As it stands in the answer: the signed note, in base64. */
export async function notePromise(position: string, promise: string): Promise<void> {
  const had = (await kept<Kept>('reads', name(position)))?.body ?? []
  if (!had.includes(promise) && had.length < mostOfOne) await keep('reads', name(position), { at: Date.now(), body: [...had, promise] })
}

export const promisesOf = async (position: string): Promise<string[]> => (await kept<Kept>('reads', name(position)))?.body ?? []
