// Who is signed in on this device. The cookie is the browser's and never seen here.
import { computed, ref, shallowRef } from 'vue'
import { answer, api, onSignedOut, sessionBegins } from './http'
import { trueNow } from './now'
import { forgetPast } from './past'
import { asProblem, type Problem } from './problem'
import { clear, keep, kept } from './store'
import type { Me } from './contract'

export const me = shallowRef<Me>()
export const known = ref(false) // whether we have asked, or remember
const officials = new Set(['cadre', 'administrator'])

/** Whoever holds it sees the log itself, and all that stood in it at any moment. */
export const isAuditor = computed(() => me.value?.roles.some((r) => r.role === 'auditor') ?? false)
export const isOfficial = computed(() => isCadre.value || isAuditor.value)
export const isCadre = computed(() => me.value?.roles.some((r) => officials.has(r.role)) ?? false)
/** Where an official's board begins: the organisation of their role. */
export const office = computed(() => roleOf((role) => officials.has(role)) ?? roleOf((role) => role === 'auditor') ?? me.value?.organisation)
/** Where an auditor looks. */
export const audited = computed(() => roleOf((role) => role === 'auditor') ?? office.value)
const roleOf = (which: (role: string) => boolean) => me.value?.roles.find((r) => which(r.role))?.organisation

onSignedOut(() => {
  if (me.value) void forget()
})

async function forget(): Promise<void> {
  me.value = undefined
  forgetPast()
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
let finding = 0
export async function findMe(): Promise<void> {
  const mine = ++finding // an answer to an earlier question says nothing any more: meanwhile somebody signed in
  const remembered = me.value
  try {
    const now = await answer(api.GET('/api/v1/me'))
    if (mine !== finding) return
    if (remembered && remembered.id !== now.id) await clear('reads')
    me.value = now
    known.value = true
    void keep('reads', 'me', now)
  } catch (error) {
    if (mine !== finding) return
    if (asProblem(error).status === 401) await forget()
  }
  known.value = true
}

const renewAfterMs = 24 * 3_600_000

/** A session older than a day gets a new cookie, before anything else is sent with the old one. */
export async function renew(): Promise<void> {
  try {
    const { madeAt } = await answer(api.GET('/api/v1/session'))
    if (madeAt && trueNow() - new Date(madeAt).getTime() > renewAfterMs) await api.POST('/api/v1/session/rotate', { body: {} })
  } catch {
    // no signal, or a token of development: the next start tries again
  }
}

/** Changes a one-time code for a session. */
export async function signIn(code: string, key: string): Promise<Problem | undefined> {
  try {
    await api.POST('/api/v1/session', { body: { code }, params: { header: { 'Idempotency-Key': key } } })
  } catch (error) {
    return asProblem(error)
  }
  sessionBegins()
  await findMe()
  return undefined
}

export async function signOut(): Promise<void> {
  await api.POST('/api/v1/session/end', { body: {} }) // while it could not be told, nobody is signed out, and the page says so
  await forget()
}
