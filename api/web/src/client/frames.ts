// Server-sent events as they come in pieces: frames out of text (HTML, "server-sent events"). Pure.
export interface Frame {
  id?: string
  text: string // the data lines, joined; '' for a bookmark
}

export class Frames {
  private rest = ''

  push(piece: string): Frame[] {
    this.rest += piece.replaceAll('\r\n', '\n')
    const found: Frame[] = []
    for (let end = this.rest.indexOf('\n\n'); end >= 0; end = this.rest.indexOf('\n\n')) {
      const frame = frameOf(this.rest.slice(0, end))
      this.rest = this.rest.slice(end + 2)
      if (frame) found.push(frame)
    }
    return found
  }
}

export interface Happened {
  position: string
  stream: string // "request/…", "product/…"
  events: { type: string; data?: Record<string, unknown> }[]
}

/** What a commit did, stream by stream: its frame names one, and the others under `more`. */
export function happenedIn(text: string): Happened[] {
  const { more = [], ...first } = JSON.parse(text) as Happened & { more?: Happened[] }
  return [first, ...more]
}

function frameOf(block: string): Frame | undefined {
  let id: string | undefined
  const lines: string[] = []
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    if (colon === 0) continue
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'id') id = value
    else if (name === 'data') lines.push(value)
  }
  return id === undefined && lines.length === 0 ? undefined : { id, text: lines.join('\n') }
}
