// The web application begins here: preferences, words, session, outbox, routes; then the service worker, when all is quiet.
import { createApp } from 'vue'
import './design/tokens.css'
import './design/base.css'
import { openOutbox } from './client/outbox'
import { keepPreferences } from './client/preferences'
import { findMe, me } from './client/session'
import { fetchAhead, router } from './router'
import TheShell from './shell/the_shell.vue'
import { openWords, translations } from './words'

keepPreferences()
await openWords()
const signedIn = findMe().then(openOutbox)
// Who is remembered is shown at once; who is new to this device waits for the answer.
await Promise.race([signedIn, new Promise<void>((done) => setTimeout(done, me.value ? 0 : 1_500))])
createApp(TheShell).use(translations).use(router).mount('#app')

setTimeout(fetchAhead, 1_500)

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  addEventListener('load', () => void navigator.serviceWorker.register('/sw.js').catch(() => undefined))
  if (document.readyState === 'complete') void navigator.serviceWorker.register('/sw.js').catch(() => undefined)
}
