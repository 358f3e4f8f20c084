// What went wrong, as a value: the server's problem document, or no answer at all.
import type { ProblemDocument } from './contract'

export class Problem extends Error {
  constructor(
    readonly code: string, // the server's, or `offline` where there was no answer
    readonly status: number, // 0: no answer
    readonly detail: string,
    readonly field?: string,
    readonly retryAfter?: number, // seconds
    readonly position?: string, // where in the log the refusal stands, if that was asked for and a rule refused
  ) {
    super(code)
  }

  /** Whether the same call may go through later, unchanged. */
  get mayPass(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.status === 408
  }
}

/** What is known of a refusal: whether a rule refused, and whether that stands in the log. */
export interface Refusal {
  rule: boolean
  position: string
  unrecorded: boolean // it was asked for, and this log records none
}
export const noRefusal: Refusal = { rule: false, position: '', unrecorded: false }

/** `asked`: with the wish that it be recorded. */
export function refusalOf({ status, position = '' }: Pick<Problem, 'status' | 'position'>, asked: boolean): Refusal {
  const rule = status === 409
  return { rule, position, unrecorded: asked && rule && !position }
}

// Codes with which the server puts off one of many that were sent together: these go through later.
const passing = new Set(['queue_full', 'disk_full', 'sync_failed', 'clock_jumped', 'clock_behind_log', 'taking_over', 'elsewhere', 'broker_unreachable', 'copy_failed', 'projection_stopped', 'read_only', 'stopping', 'not_writable', 'outcome_unknown', 'unavailable', 'internal', 'unanswered'])

/** What became of one of many, where it is no success. */
export const problemOfOne = (code: string) => new Problem(code, passing.has(code) ? 503 : 409, '')

export const offline = () => new Problem('offline', 0, '')

export async function problemOf(response: Response): Promise<Problem> {
  let document: Partial<ProblemDocument> = {}
  try {
    document = (await response.clone().json()) as Partial<ProblemDocument>
  } catch {
    // a proxy's page, not ours
  }
  const after = Number(response.headers.get('Retry-After') ?? '')
  const code = document.code ?? (response.status >= 500 ? 'unavailable' : 'internal')
  return new Problem(code, response.status, document.detail ?? '', document.field, after > 0 ? after : undefined, response.headers.get('Pioneer-Position') ?? undefined)
}

export const asProblem = (error: unknown): Problem => (error instanceof Problem ? error : offline())
