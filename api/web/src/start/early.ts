// Answers that are asked for before the application is there to ask. Each is taken once, soon, and by the same address.
const asked = new Map<string, { at: number; answer: Promise<Response> }>()
const freshMs = 10_000

function ask(path: string, language: string): Promise<Response> {
  const answer = fetch(path, { credentials: 'same-origin', headers: { 'Accept-Language': language } })
  answer.catch(() => undefined)
  asked.set(path, { at: performance.now(), answer })
  return answer
}

/** Rounded down, so that the same question within an hour has the same answer kept. */
export const wholeHour = (ms: number): string => new Date(Math.floor(ms / 3_600_000) * 3_600_000).toISOString().replace('.000', '')

/** What home asks for, of those who are signed in. The application asks in these very words. */
const ofHome = (now: number): string[] => [
  '/api/v1/me/requests?limit=50',
  '/api/v1/me/claims?limit=50',
  `/api/v1/products?state=published&from=${encodeURIComponent(wholeHour(now))}&limit=12&nearMe=true`,
  '/api/v1/categories',
]

// Asked as soon as it is known that somebody is signed in; not what the application, which may remember them, has asked for by then.
const next = new Set<string>()

export function askEarly(language: string, path: string): void {
  if (path === '/') for (const one of ofHome(Date.now())) next.add(one)
  void ask('/api/v1/me', language).then(
    (me) => {
      if (me.ok) for (const one of next) ask(one, language)
      next.clear()
    },
    () => undefined,
  )
}

/** What was asked early for this address, if it was. */
export function early(path: string): Promise<Response> | undefined {
  next.delete(path)
  const found = asked.get(path)
  asked.delete(path)
  return found && performance.now() - found.at < freshMs ? found.answer : undefined
}

/** Something is changed: what was asked before may be old. */
export const forgetEarly = (): void => asked.clear()
