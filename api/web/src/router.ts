// Where everything is.
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router'
import { isAuditor, isCadre, isOfficial, known, me } from './client/session'
import HomeScreen from './screens/home/home_screen.vue'
import { nextPaint, nextTurn } from './client/now'
import { wayIsClear } from './design/use_way_back'
import { screens } from './start/screens'
import { needAuditWords } from './words'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean // also for those who are not signed in
    cadre?: boolean
    official?: boolean // cadres, and those who audit them
    audit?: boolean
    past?: boolean // its words are those for looking back
    bare?: boolean // without bars: for print
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomeScreen, meta: { open: true } },
  { path: '/in', name: 'in', component: screens.in, meta: { open: true } },
  { path: '/ask', name: 'ask', component: screens.ask },
  { path: '/requests/:id', name: 'request', component: screens.request, props: true },
  { path: '/market', name: 'market', component: screens.market, meta: { open: true } },
  { path: '/products/new', name: 'product-new', component: screens.editor, meta: { cadre: true } },
  { path: '/products/:id', name: 'product', component: screens.product, props: true },
  { path: '/products/:id/attendance', name: 'attendance', component: screens.attendance, props: true, meta: { cadre: true } },
  { path: '/products/:id/claims/:claim', name: 'ticket', component: screens.ticket, props: true },
  { path: '/products/:id/claims/:claim/rate', name: 'rate', component: screens.rate, props: true },
  { path: '/mine', name: 'mine', component: screens.mine },
  { path: '/settings', name: 'settings', component: screens.settings, meta: { open: true } },
  { path: '/boards/:organisation?', name: 'board', component: screens.board, props: true, meta: { official: true } },
  { path: '/shelves', name: 'shelves', component: screens.shelves, meta: { cadre: true } },
  { path: '/check-in', name: 'check-in', component: screens.shelves, meta: { cadre: true } },
  { path: '/figures/:organisation?', name: 'figures', component: screens.figures, props: true, meta: { official: true } },
  { path: '/figures/:organisation/why/:step?', name: 'why', component: screens.why, props: true, meta: { official: true, past: true } },
  { path: '/audit', name: 'audit', component: screens.audit, meta: { audit: true } },
  { path: '/audit/log', name: 'log', component: screens.log, meta: { audit: true } },
  { path: '/audit/streams/:kind/:id', name: 'stream', component: screens.stream, props: true, meta: { past: true } },
  { path: '/audit/differences/:organisation?', name: 'differences', component: screens.differences, props: true, meta: { audit: true } },
  { path: '/audit/openings/:organisation?', name: 'openings', component: screens.openings, props: true, meta: { audit: true } },
  { path: '/audit/incidents', name: 'incidents', component: screens.incidents, meta: { audit: true } },
  { path: '/people', name: 'people', component: screens.people, meta: { cadre: true } },
  { path: '/organisations/:id?', name: 'organisations', component: screens.organisations, props: true, meta: { open: true } },
  { path: '/print/:kind/:id/:claim?', name: 'print', component: screens.print, props: true, meta: { bare: true } },
  { path: '/receipt/:position', name: 'receipt', component: screens.receipt, props: true },
  { path: '/receipt/:position/paper', name: 'receipt-paper', component: screens.receiptPaper, props: true, meta: { bare: true } },
  { path: '/demo', name: 'demo', component: screens.demo, meta: { open: true } },
  { path: '/style', name: 'style', component: screens.style, meta: { open: true } },
  { path: '/:rest(.*)*', name: 'nowhere', component: screens.nowhere, meta: { open: true } },
]

const still = 12 // frames in which nothing is awaited and the page does not grow: it is as long as it gets

/** On the way back the page is first as long as it was, or as long as it gets. False: meanwhile somebody went on, or scrolled. */
async function tallEnough(top: number, here: () => boolean): Promise<boolean> {
  let moved = false
  const move = () => (moved = true)
  const moves = ['wheel', 'touchmove', 'keydown'] as const
  for (const m of moves) addEventListener(m, move, { passive: true })
  let height = -1
  for (let calm = 0; calm < still && here() && !moved; ) {
    const now = document.documentElement.scrollHeight
    if (now >= top + innerHeight) break
    calm = now === height && !document.querySelector('main [aria-busy=true]') ? calm + 1 : 0
    height = now
    await new Promise((done) => requestAnimationFrame(done))
  }
  for (const m of moves) removeEventListener(m, move)
  return here() && !moved
}

export const router: Router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: async (to, from, saved) => {
    if (saved) return (await tallEnough(saved.top, () => router.currentRoute.value.fullPath === to.fullPath)) ? saved : false
    return to.path === from.path && to.name !== 'ask' ? false : { top: 0 }
  },
})

// The frame is painted before the first screen is made; afterwards, that something was tapped is seen before the next one is.
let framed = false
router.beforeEach(async () => {
  await (framed ? nextPaint() : nextTurn())
  framed = true
})

router.beforeEach(wayIsClear)

router.beforeEach(async (to) => {
  if (to.meta.audit || to.meta.past) await needAuditWords()
})

router.beforeEach((to) => {
  if (to.meta.open) return true
  if (!me.value && known.value) return { name: 'in', query: { to: to.fullPath } }
  const kept = (to.meta.cadre && !isCadre.value) || (to.meta.official && !isOfficial.value) || (to.meta.audit && !isAuditor.value)
  if (kept && me.value) return { name: 'home' }
  return true
})

// Focus goes to the new page's name, as a page load would do.
router.afterEach((to, from) => {
  if (to.path === from.path || !from.name) return
  requestAnimationFrame(() => document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true }))
})

// A newer version has replaced the pieces of script that this page would load.
router.onError((error, to) => {
  if (navigator.onLine && /import|module|fetch/i.test(String(error))) location.assign(to.fullPath)
})

const idle = () => new Promise<void>((done) => (typeof requestIdleCallback === 'function' ? requestIdleCallback(() => done()) : setTimeout(done, 200)))

/** Where there is no service worker: what a member may open next, fetched while nothing else happens, one by one, so that it opens where there
 * is no signal. */
export async function fetchAhead(): Promise<void> {
  const names = ['ask', 'request', 'market', 'product', 'ticket', 'mine', 'print', ...(isCadre.value ? ['board', 'attendance'] : [])]
  for (const route of routes) {
    if (!names.includes(String(route.name)) || typeof route.component !== 'function') continue
    await idle()
    await (route.component as () => Promise<unknown>)().catch(() => undefined)
  }
}
