// Where everything is. Each screen is its own piece of script; home's comes with the first.
import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { isCadre, known, me } from './client/session'
import HomeScreen from './screens/home/home_screen.vue'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean // also for those who are not signed in
    cadre?: boolean
    bare?: boolean // without bars: for print
  }
}

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: HomeScreen, meta: { open: true } },
  { path: '/in', name: 'in', component: () => import('./screens/signin/signin_screen.vue'), meta: { open: true } },
  { path: '/ask', name: 'ask', component: () => import('./screens/ask/ask_screen.vue') },
  { path: '/requests/:id', name: 'request', component: () => import('./screens/request/request_screen.vue'), props: true },
  { path: '/market', name: 'market', component: () => import('./screens/market/market_screen.vue'), meta: { open: true } },
  { path: '/products/new', name: 'product-new', component: () => import('./screens/editor/editor_screen.vue'), meta: { cadre: true } },
  { path: '/products/:id', name: 'product', component: () => import('./screens/product/product_screen.vue'), props: true },
  { path: '/products/:id/attendance', name: 'attendance', component: () => import('./screens/attendance/attendance_screen.vue'), props: true, meta: { cadre: true } },
  { path: '/products/:id/claims/:claim', name: 'ticket', component: () => import('./screens/ticket/ticket_screen.vue'), props: true },
  { path: '/products/:id/claims/:claim/rate', name: 'rate', component: () => import('./screens/rate/rate_screen.vue'), props: true },
  { path: '/mine', name: 'mine', component: () => import('./screens/mine/mine_screen.vue') },
  { path: '/settings', name: 'settings', component: () => import('./screens/settings/settings_screen.vue'), meta: { open: true } },
  { path: '/boards/:organisation?', name: 'board', component: () => import('./screens/board/board_screen.vue'), props: true, meta: { cadre: true } },
  { path: '/shelves', name: 'shelves', component: () => import('./screens/shelves/shelves_screen.vue'), meta: { cadre: true } },
  { path: '/check-in', name: 'check-in', component: () => import('./screens/shelves/shelves_screen.vue'), meta: { cadre: true } },
  { path: '/people', name: 'people', component: () => import('./screens/people/people_screen.vue'), meta: { cadre: true } },
  { path: '/organisations/:id?', name: 'organisations', component: () => import('./screens/organisations/organisations_screen.vue'), props: true, meta: { open: true } },
  { path: '/print/:kind/:id/:claim?', name: 'print', component: () => import('./screens/print/print_screen.vue'), props: true, meta: { bare: true } },
  { path: '/style', name: 'style', component: () => import('./screens/stylebook/style_screen.vue'), meta: { open: true } },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('./screens/nowhere/nowhere_screen.vue'), meta: { open: true } },
]

/** On the way back, the page is first as long as it was; a second at most. */
async function tallEnough(top: number): Promise<void> {
  const end = performance.now() + 1_000
  while (document.documentElement.scrollHeight < top + innerHeight && performance.now() < end) await new Promise((done) => requestAnimationFrame(done))
}

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: async (to, from, saved) => {
    if (saved) {
      await tallEnough(saved.top)
      return saved
    }
    return to.path === from.path && to.name !== 'ask' ? false : { top: 0 }
  },
})

router.beforeEach((to) => {
  if (to.meta.open) return true
  if (!me.value && known.value) return { name: 'in', query: { to: to.fullPath } }
  if (to.meta.cadre && me.value && !isCadre.value) return { name: 'home' }
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

/** What a member may open next, fetched while nothing else happens, one by one: without a service worker too, it opens where there is no
 * signal. */
export async function fetchAhead(): Promise<void> {
  const names = ['ask', 'request', 'market', 'product', 'ticket', 'mine', ...(isCadre.value ? ['board', 'attendance'] : [])]
  for (const route of routes) {
    if (!names.includes(String(route.name)) || typeof route.component !== 'function') continue
    await idle()
    await (route.component as () => Promise<unknown>)().catch(() => undefined)
  }
}
