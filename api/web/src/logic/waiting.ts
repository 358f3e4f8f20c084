// When what waits in the outbox is sent, and until when it can be taken back. Pure; times in ms since 1970 by this device.
export interface Waiting {
  at: number // when it was said
  notBefore: number // 0: at once
  pauseMs: number // after failed attempts
}

export interface Joining {
  path: string
  body: Record<string, unknown>
  join?: string // the list in its body under this name, of one, goes together with those of others to the same place
}

const joinedMost = 200 // as many as the server takes at once

/** What is sent together: each alone, but those that join, in the order of the first of them. */
export function together<T extends Joining>(letters: readonly T[]): T[][] {
  const rounds: T[][] = []
  for (const letter of letters) {
    const round = letter.join ? rounds.find((r) => r[0]!.join === letter.join && r[0]!.path === letter.path && r.length < joinedMost) : undefined
    if (round) round.push(letter)
    else rounds.push([letter])
  }
  return rounds
}

export function joinedBody(round: readonly Joining[]): Record<string, unknown> {
  const join = round[0]!.join!
  return { [join]: round.flatMap((l) => l.body[join] as unknown[]) }
}

/** What has waited says when it was: each item of its list, or itself. `told` is the server's clock, now and `at` this device's, which may be
 * wrong: only how long ago it was is taken from it, and what seems to come is now. */
export function dated(letter: Joining & { at: number }, told: number, now: number): Record<string, unknown> {
  const occurredAt = new Date(told - Math.max(0, now - letter.at)).toISOString()
  if (!letter.join) return { ...letter.body, occurredAt }
  return { ...letter.body, [letter.join]: (letter.body[letter.join] as object[]).map((item) => ({ ...item, occurredAt })) }
}

/** A letter's own part of the answer to all: the answer's items stand in the order of what was sent. */
export function oneOf(answer: unknown, i: number, letter: Joining): unknown {
  return letter.join ? (answer as { items: unknown[] }).items[i] : answer
}

/** Why the server refused one of many; nothing where it did not. */
export function refusalIn(part: unknown): string | undefined {
  const { outcome, code } = (part ?? {}) as { outcome?: string; code?: string }
  return outcome === 'refused' ? (code ?? 'internal') : undefined
}

export const undoMs = 10 * 60_000

export const due = (w: Waiting, now: number): boolean => now >= w.notBefore
export const undoable = (w: Pick<Waiting, 'notBefore'>, now: number): boolean => w.notBefore > now
export const minutesLeft = (w: Pick<Waiting, 'notBefore'>, now: number): number => Math.max(0, Math.ceil((w.notBefore - now) / 60_000))
