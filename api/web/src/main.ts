// The web application begins here: preferences, words, session, outbox, routes; then the service worker, when all is quiet.
import { createApp } from 'vue'
import './design/tokens.css'
import './design/base.css'
import { openOutbox } from './client/outbox'
import { keepPreferences } from './client/preferences'
import { findMe, recallMe, renew } from './client/session'
import { fetchAhead, router } from './router'
import TheShell from './shell/the_shell.vue'
import { openWords, translations } from './words'

keepPreferences()
await openWords()
// Who is remembered is shown at once; who is new to this device waits for the answer, a little.
const remembered = await recallMe()
const found = (remembered ? renew() : Promise.resolve()).then(findMe)
void found.then(openOutbox)
if (!remembered) await Promise.race([found, new Promise<void>((done) => setTimeout(done, 1_500))])
createApp(TheShell).use(translations).use(router).mount('#app')

setTimeout(() => void fetchAhead(), 1_500)

// The first screen has the network and the processor to itself.
if (import.meta.env.PROD && 'serviceWorker' in navigator) setTimeout(() => void navigator.serviceWorker.register('/sw.js').catch(() => undefined), 3_000)
