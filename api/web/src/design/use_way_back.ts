// What lies over a page is one step of the way back: back closes it and stays on the page. Its entry in the browser's history has the page's
// own address, and is gone again when it is closed in any other way. The router is never told of these entries.
import { onScopeDispose, watch } from 'vue'

interface Over {
  mark: number
  position?: number // the router's, of the page
  close: () => void
  closed: boolean
}
type Entry = { over?: number; position?: number } | null
const here = () => history.state as Entry

const over: Over[] = [] // what has an entry, the topmost last
let marks = Date.now() // another one after the page was loaded anew
let going: { done: () => void; gone: Promise<void> } | undefined // back, over entries that are not needed any more

/** The entries of what was closed go, from the top; what lies under something open waits. */
function tidy(): void {
  if (going) return
  let steps = 0
  while (over.at(-1)?.closed) {
    over.pop()
    steps++
  }
  if (steps === 0) return
  let done = () => {}
  const gone = new Promise<void>((then) => (done = then))
  going = { done, gone }
  history.go(-steps)
}

/** Before another page is opened: the way back leads from it to the page, not to what lay over it. */
export async function wayIsClear(): Promise<void> {
  for (const one of over) one.closed = true
  tidy()
  await going?.gone
}

function onPop(event: PopStateEvent): void {
  if (going) {
    event.stopImmediatePropagation()
    const { done } = going
    going = undefined
    done()
    tidy()
    return
  }
  const top = over.at(-1)
  if (!top) return
  const entry = event.state as Entry
  const still = over.findIndex((one) => one.mark === entry?.over)
  const left = over.splice(still + 1)
  // Back to what is under it: nobody else has to know. Farther back: the page goes, and all of it.
  if (entry?.position === top.position) event.stopImmediatePropagation()
  for (const one of left.reverse()) if (!one.closed) one.close()
  tidy()
}
addEventListener('popstate', onPop, { capture: true })

/** While `open`, the way back closes it. */
export function useWayBack(open: () => boolean, close: () => void): void {
  let mine: Over | undefined

  async function enter(): Promise<void> {
    do await going?.gone
    while (going)
    if (mine || !open()) return
    mine = { mark: ++marks, position: here()?.position, close, closed: false }
    over.push(mine)
    history.pushState({ ...here(), over: mine.mark }, '')
  }
  function leave(): void {
    if (mine) mine.closed = true
    mine = undefined
    queueMicrotask(tidy) // what is closed together goes together
  }
  watch(open, (now) => (now ? void enter() : leave()), { immediate: true })
  onScopeDispose(leave)
}
