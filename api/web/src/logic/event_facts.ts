// What an event of the log says, as values that a sentence can take. Pure: words and names come from outside.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
export interface Told {
  type: string
  data?: Record<string, unknown>
}

/** How values become words. */
export interface Words {
  organisation: (id: string) => string
  category: (code: string) => string
  time: (iso: string) => string
  /** The word of the screens for a value: `state.submitted`; nothing where there is none. */
  word: (key: string) => string | undefined
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
/** A value as it is sealed in the log: the id of a key and a box. */
export const isSealed = (v: unknown): boolean => isObject(v) && Object.keys(v).length === 2 && typeof v.key === 'string' && typeof v.box === 'string'

/** Names of the fields that are sealed, in their order. */
export function sealedIn(data: Record<string, unknown> = {}): string[] {
  return Object.entries(data).flatMap(([name, v]) => {
    const values: unknown[] = Array.isArray(v) ? v : [v]
    return values.some((one) => isSealed(one) || (isObject(one) && isSealed(one.key))) ? [name] : []
  })
}

const organisations = new Set(['organisation', 'parent', 'into', 'from'])
// Under which name the screens have the words of a field's values.
const worded: Record<string, string> = { role: 'audit.role', channel: 'channel', device: 'device' }

/** Which of a type's sentences this event takes, where it has more than one. */
export function sentenceOf({ type, data = {} }: Told): string {
  if (type === 'TokenIssued' && (data.purpose === 'session' || data.purpose === 'sign_in')) return `${type}_${data.purpose}`
  if (type === 'ClaimPlaced' && data.state === 'waitlisted') return `${type}_waitlisted`
  if (type === 'RequestAssigned' && data.grant) return `${type}_person`
  if (type === 'RequestSubmitted' && isSealed(data.beneficiaryName)) return `${type}_for`
  return type
}

/** Sentences besides those that are named as their type. */
export const variants = ['TokenIssued_session', 'TokenIssued_sign_in', 'ClaimPlaced_waitlisted', 'RequestAssigned_person', 'RequestSubmitted_for']

/** The places of an event's sentence, filled. */
export function placesOf({ type, data = {} }: Told, words: Words): Record<string, string> {
  const terms = isObject(data.terms) ? data.terms : {}
  const policy = isObject(data.policy) ? data.policy : {}
  const places: Record<string, string> = {}
  for (const [name, v] of Object.entries({ ...terms, ...data })) {
    if (organisations.has(name) && typeof v === 'string') places[name] = words.organisation(v)
    else if (name === 'category' && typeof v === 'string') places[name] = words.category(v)
    else if (name === 'due' && typeof v === 'string') places[name] = words.time(v)
    else if (name === 'level' && typeof v === 'string') places[name] = words.word(`level.${v}`) ?? v
    else if (name === 'kind' && typeof v === 'string') places[name] = words.word(`audit.${type === 'SubjectKeyIssued' ? 'keyKind' : 'deadline'}.${v}`) ?? words.word(`kind.${v}`) ?? v
    else if (name === 'purpose' && typeof v === 'string') places[name] = words.word(`audit.purpose.${v}`) ?? v
    else if (worded[name] && typeof v === 'string') places[name] = words.word(`${worded[name]}.${v}`) ?? v
    else if (typeof v === 'string' || typeof v === 'number') places[name] = String(v)
    else if (Array.isArray(v)) places[name] = String(v.length)
  }
  if (Array.isArray(policy.categories)) places.categories = String(policy.categories.length)
  return places
}

/** Whose act it was. */
export interface Acting {
  actor?: string
  post?: { role: string; organisation?: { name: string } }
}
export function whoOf({ actor, post }: Acting, words: Pick<Words, 'word'>): { key: 'post' | 'person' | 'system'; organisation: string; role: string; id: string } {
  const role = post ? (words.word(`audit.role.${post.role}`) ?? post.role) : ''
  return { key: post ? 'post' : actor ? 'person' : 'system', organisation: post?.organisation?.name ?? '', role, id: (actor ?? '').slice(0, 6) }
}

/** Kind and rest of a stream's name. */
export function streamParts(stream: string): { kind: string; id: string } {
  const slash = stream.indexOf('/')
  return slash < 0 ? { kind: stream, id: '' } : { kind: stream.slice(0, slash), id: stream.slice(slash + 1) }
}
