// Each screen is its own piece of script; home's comes with the application.
export const screens = {
  in: () => import('../screens/signin/signin_screen.vue'),
  ask: () => import('../screens/ask/ask_screen.vue'),
  request: () => import('../screens/request/request_screen.vue'),
  market: () => import('../screens/market/market_screen.vue'),
  editor: () => import('../screens/editor/editor_screen.vue'),
  product: () => import('../screens/product/product_screen.vue'),
  attendance: () => import('../screens/attendance/attendance_screen.vue'),
  ticket: () => import('../screens/ticket/ticket_screen.vue'),
  rate: () => import('../screens/rate/rate_screen.vue'),
  mine: () => import('../screens/mine/mine_screen.vue'),
  settings: () => import('../screens/settings/settings_screen.vue'),
  board: () => import('../screens/board/board_screen.vue'),
  shelves: () => import('../screens/shelves/shelves_screen.vue'),
  figures: () => import('../screens/figures/figures_screen.vue'),
  people: () => import('../screens/people/people_screen.vue'),
  organisations: () => import('../screens/organisations/organisations_screen.vue'),
  print: () => import('../screens/print/print_screen.vue'),
  receipt: () => import('../screens/receipt/receipt_screen.vue'),
  receiptPaper: () => import('../screens/receipt/receipt_paper.vue'),
  demo: () => import('../screens/demo/demo_screen.vue'),
  style: () => import('../screens/stylebook/style_screen.vue'),
  audit: () => import('../screens/audit/audit_screen.vue'),
  log: () => import('../screens/audit/log_screen.vue'),
  stream: () => import('../screens/audit/stream_screen.vue'),
  differences: () => import('../screens/audit/differences_screen.vue'),
  openings: () => import('../screens/audit/openings_screen.vue'),
  incidents: () => import('../screens/audit/incidents_screen.vue'),
  why: () => import('../screens/audit/why_screen.vue'),
  nowhere: () => import('../screens/nowhere/nowhere_screen.vue'),
}

// Where a person comes in by a link, a scanned code or a reload, most of the time.
const doors: [RegExp, keyof typeof screens][] = [
  [/^\/in$/, 'in'],
  [/^\/demo$/, 'demo'],
  [/^\/ask$/, 'ask'],
  [/^\/requests\/\w+$/, 'request'],
  [/^\/market$/, 'market'],
  [/^\/receipt\/\d+$/, 'receipt'],
  [/^\/products\/(?!new$)\w+$/, 'product'],
  [/^\/products\/\w+\/claims\/\w+$/, 'ticket'],
  [/^\/boards\b/, 'board'],
  [/^\/mine$/, 'mine'],
]

export function screenOf(path: string): (() => Promise<unknown>) | undefined {
  const found = doors.find(([pattern]) => pattern.test(path))
  return found && screens[found[1]]
}
