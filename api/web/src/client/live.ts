// Live events while a screen is open. Comes back by itself from where it was, so no event is missed.
import { onScopeDispose, watch } from 'vue'
import { Frames, happenedIn, type Happened } from './frames'
import { connected } from './signal'

export type { Happened }

const pauseMs = [500, 1_000, 2_000, 4_000, 8_000]

/** Listens to `/api/v1/events?<query>`; an empty query: not now. `back` is called after every new connection but the first. */
export function useLive(query: () => string, happened: (what: Happened) => void, back: () => void): void {
  let stop = new AbortController()

  async function listen(search: string, signal: AbortSignal): Promise<void> {
    let last = ''
    let failures = 0
    let before = false
    while (!signal.aborted) {
      try {
        const response = await fetch(`/api/v1/events?${search}`, {
          signal,
          credentials: 'same-origin',
          priority: 'low', // what a screen shows first comes before what may change
          headers: { Accept: 'text/event-stream', ...(last ? { 'Last-Event-ID': last } : {}) },
        })
        if (response.status === 401 || response.status === 403 || response.status === 404) return
        if (!response.ok || !response.body) throw new Error('no stream')
        connected.value = true
        failures = 0
        if (before) back()
        before = true
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
        const frames = new Frames()
        for (;;) {
          const { done, value } = await reader.read()
          if (done) break
          for (const frame of frames.push(value)) {
            if (frame.id) last = frame.id
            if (frame.text) happenedIn(frame.text).forEach(happened)
          }
        }
      } catch {
        if (signal.aborted) return
        connected.value = false
      }
      await pause(pauseMs[Math.min(failures++, pauseMs.length - 1)]!, signal)
    }
  }

  watch(
    query,
    (search) => {
      stop.abort()
      stop = new AbortController()
      if (search) void listen(search, stop.signal)
    },
    { immediate: true },
  )
  onScopeDispose(() => stop.abort())
}

export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const over = new AbortController() // nothing of this pause stays behind it: there may be many
    const now = () => {
      clearTimeout(timer)
      over.abort()
      done()
    }
    const timer = setTimeout(now, ms)
    signal.addEventListener('abort', now, { signal: over.signal })
    addEventListener('online', now, { signal: over.signal })
  })
}

/** Calls `work` soon, once for all calls that come meanwhile. */
export function gathered(work: () => void, ms: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      work()
    }, ms)
  }
}
