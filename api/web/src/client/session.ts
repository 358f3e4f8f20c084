// Who is signed in on this device. The cookie is the browser's and never seen here.
import { computed, ref, shallowRef } from 'vue'
import { answer, api, onSignedOut, post } from './http'
import { hearTime, trueNow } from './now'
import { asProblem, type Problem } from './problem'
import { clear, keep, kept } from './store'
import type { Me } from './contract'

export const me = shallowRef<Me>()
export const known = ref(false) // whether we have asked, or remember
const officials = new Set(['cadre', 'administrator'])

export const isCadre = computed(() => me.value?.roles.some((r) => officials.has(r.role)) ?? false)
/** Where a cadre's board begins: the organisation of their role. */
export const office = computed(() => me.value?.roles.find((r) => officials.has(r.role))?.organisation ?? me.value?.organisation)

onSignedOut(() => {
  if (me.value) void forget()
})

async function forget(): Promise<void> {
  me.value = undefined
  await clear('reads') // what was read for one person is not shown to the next; drafts and the outbox stay
}

/** Who we were when this device last knew. */
export async function recallMe(): Promise<boolean> {
  const remembered = await kept<Me>('reads', 'me')
  if (!remembered) return false
  me.value = remembered
  known.value = true
  return true
}

/** Reads who we are; without an answer, who we were. */
export async function findMe(): Promise<void> {
  const remembered = me.value
  try {
    const now = await answer(api.GET('/api/v1/me'))
    if (remembered && remembered.id !== now.id) await clear('reads')
    me.value = now
    known.value = true
    void keep('reads', 'me', now)
  } catch (error) {
    if (asProblem(error).status === 401) await forget()
  }
  known.value = true
}

const renewAfterMs = 24 * 3_600_000

/** A session older than a day gets a new cookie, before anything else is sent with the old one. */
export async function renew(): Promise<void> {
  try {
    const response = await fetch('/api/v1/session', { credentials: 'same-origin' })
    hearTime(response.headers.get('Date'))
    if (!response.ok) return
    const { madeAt } = (await response.json()) as { madeAt?: string }
    if (madeAt && trueNow() - new Date(madeAt).getTime() > renewAfterMs) await post('/api/v1/session/rotate', {})
  } catch {
    // no signal, or a token of development: the next start tries again
  }
}

/** Changes a one-time code for a session. */
export async function signIn(code: string, key: string): Promise<Problem | undefined> {
  try {
    await post('/api/v1/session', { code }, key)
  } catch (error) {
    return asProblem(error)
  }
  await findMe()
  return undefined
}

export async function signOut(): Promise<void> {
  try {
    await post('/api/v1/session/end', {})
  } finally {
    await forget()
  }
}
