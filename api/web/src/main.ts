// The web application: preferences, words, session, outbox, routes; then the service worker, when all is quiet.
import { createApp } from 'vue'
import { nextTurn } from './client/now'
import { openOutbox } from './client/outbox'
import { openUndos } from './client/undo'
import { keepPreferences } from './client/preferences'
import { findMe, recallMe, renew } from './client/session'
import { heedSignal } from './client/signal'
import { sweep } from './client/store'
import { fetchAhead, router } from './router'
import TheShell from './shell/the_shell.vue'
import { openWords, translations } from './words'

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))

async function open(): Promise<void> {
  keepPreferences()
  heedSignal()
  const words = openWords()
  // Who is remembered is shown at once; who is new to this device waits for the answer, a little.
  const remembered = recallMe()
  const found = remembered.then((is) => (is ? renew() : undefined)).then(findMe)
  void found.then(openOutbox)
  void openUndos()
  await words
  await Promise.race([remembered.then((is) => (is ? undefined : found)), pause(1_500)])
  await nextTurn()
  const app = createApp(TheShell).use(translations).use(router)
  await nextTurn()
  app.mount('#app')
}

/** The first screen has the network and the processor to itself. */
async function keepForLater(): Promise<void> {
  await pause(3_000)
  const worker = import.meta.env.PROD && 'serviceWorker' in navigator ? navigator.serviceWorker.register('/sw.js').then(() => true) : Promise.resolve(false)
  if (!(await worker.catch(() => false))) await fetchAhead()
  await sweep(Date.now())
}

// No await out here: each screen's script waits for this one's.
void open().then(keepForLater)
