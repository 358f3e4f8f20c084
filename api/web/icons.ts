// A Vite plugin: the application's icons as pictures (PNG), which phones want for installing, made from their SVG. It draws what stands in
// those: a `rect`, and `path`s of straight lines and cubic curves, filled or stroked with round ends; anything else ends the build.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateSync } from 'node:zlib'
import type { Plugin } from 'vite'

type Point = [x: number, y: number]
interface Shape {
  points: Point[]
  colour: [red: number, green: number, blue: number]
}
const curveSteps = 24 // straight pieces of a curve: none is longer than a pixel of the largest icon
const samples = 4 // along each side of a pixel

const number = (tag: string, name: string): number => Number(new RegExp(`\\s${name}="([\\d.]+)"`).exec(tag)?.[1] ?? 0)
function colourOf(text: string): Shape['colour'] {
  const hex = text.length === 4 ? [...text.slice(1)].map((c) => c + c).join('') : text.slice(1)
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)) as Shape['colour']
}
const arc = (at: Point, radius: number, from: number, to: number): Point[] =>
  Array.from({ length: curveSteps + 1 }, (_, i) => from + ((to - from) * i) / curveSteps).map((a) => [at[0] + radius * Math.cos(a), at[1] + radius * Math.sin(a)])

function rectangle(tag: string): Point[] {
  const [width, height, r] = [number(tag, 'width'), number(tag, 'height'), number(tag, 'rx')]
  const quarter = Math.PI / 2
  const corners: Point[] = [[width - r, height - r], [r, height - r], [r, r], [width - r, r]]
  return corners.flatMap((corner, i) => arc(corner, r, i * quarter, (i + 1) * quarter))
}

/** The points of a path. Small letters count from where it stands, large ones from the corner. */
function pathPoints(d: string): Point[] {
  const points: Point[] = []
  let at: Point = [0, 0]
  for (const [, letter, rest] of d.matchAll(/([a-zA-Z])([^a-zA-Z]*)/g)) {
    const n = (rest!.match(/-?[\d.]+/g) ?? []).map(Number)
    const [x, y] = letter === letter!.toLowerCase() ? at : [0, 0]
    if (/z/i.test(letter!)) continue
    if (/[ml]/i.test(letter!)) at = [x + n[0]!, y + n[1]!]
    else if (/v/i.test(letter!)) at = [at[0], y + n[0]!]
    else if (/h/i.test(letter!)) at = [x + n[0]!, at[1]]
    else if (/c/i.test(letter!)) {
      for (let i = 0; i < n.length; i += 6) {
        const [ox, oy] = letter === 'c' ? at : [0, 0]
        const [p, q, r, s] = [at, ...[0, 2, 4].map((k): Point => [ox + n[i + k]!, oy + n[i + k + 1]!])] as [Point, Point, Point, Point]
        const along = (k: 0 | 1, t: number) => (1 - t) ** 3 * p[k] + 3 * (1 - t) ** 2 * t * q[k] + 3 * (1 - t) * t ** 2 * r[k] + t ** 3 * s[k]
        for (let step = 1; step < curveSteps; step++) points.push([along(0, step / curveSteps), along(1, step / curveSteps)])
        at = s
        if (i + 6 < n.length) points.push(at)
      }
    } else throw new Error(`icons: nobody taught this to draw "${letter}"`)
    points.push(at)
  }
  return points
}

/** A straight stroke with round ends. */
function stroke(a: Point, b: Point, width: number): Point[] {
  const along = Math.atan2(b[1] - a[1], b[0] - a[0])
  return [...arc(b, width / 2, along - Math.PI / 2, along + Math.PI / 2), ...arc(a, width / 2, along + Math.PI / 2, along + Math.PI * 1.5)]
}

function shapesOf(svg: string): Shape[] {
  return [...svg.matchAll(/<(\w+)\s[^>]*>/g)].flatMap(([tag, name]): Shape[] => {
    const [fill, line] = ['fill', 'stroke'].map((what) => new RegExp(`\\s${what}="(#\\w+)"`).exec(tag)?.[1])
    if (name === 'svg') return []
    if (name === 'rect') return [{ points: rectangle(tag), colour: colourOf(fill!) }]
    if (name !== 'path') throw new Error(`icons: nobody taught this to draw <${name}>`)
    const points = pathPoints(/\sd="([^"]+)"/.exec(tag)![1]!)
    if (fill) return [{ points, colour: colourOf(fill) }]
    return points.slice(1).map((to, i) => ({ points: stroke(points[i]!, to, number(tag, 'stroke-width')), colour: colourOf(line!) }))
  })
}

/** Paints one line of samples: what each shape covers, the later above the earlier. 0 is nothing, else one more than the shape's place. */
function paintLine(into: Uint8Array, shapes: Shape[], y: number, perSample: number): void {
  into.fill(0)
  shapes.forEach(({ points }, nth) => {
    const crossings = points
      .map((a, i): [Point, Point] => [a, points[(i + 1) % points.length]!])
      .filter(([a, b]) => a[1] <= y !== b[1] <= y)
      .map(([a, b]) => a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0]))
      .sort((a, b) => a - b)
    for (let i = 0; i + 1 < crossings.length; i += 2) into.fill(nth + 1, Math.ceil(crossings[i]! / perSample - 0.5), Math.ceil(crossings[i + 1]! / perSample - 0.5))
  })
}

/** The drawing as red, green, blue and opacity of each pixel. */
export function drawn(svg: string, px: number): Uint8Array {
  const shapes = shapesOf(svg)
  const perSample = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)![1]) / (px * samples)
  const pixels = new Uint8Array(px * px * 4)
  const line = new Uint8Array(px * samples)
  for (let row = 0; row < px; row++) {
    const sums = new Uint32Array(px * 4)
    for (let s = 0; s < samples; s++) {
      paintLine(line, shapes, (row * samples + s + 0.5) * perSample, perSample)
      line.forEach((shape, x) => {
        if (!shape) return
        const at = Math.floor(x / samples) * 4
        shapes[shape - 1]!.colour.forEach((c, k) => (sums[at + k]! += c))
        sums[at + 3]!++
      })
    }
    for (let x = 0; x < px; x++) {
      const covered = sums[x * 4 + 3]!
      for (let k = 0; k < 3; k++) pixels[(row * px + x) * 4 + k] = covered ? Math.round(sums[x * 4 + k]! / covered) : 0
      pixels[(row * px + x) * 4 + 3] = Math.round((covered * 255) / samples ** 2)
    }
  }
  return pixels
}

/** The check that stands behind each part of a PNG. */
function crc32(bytes: Buffer): number {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

/** As a PNG file (RFC 2083): eight bits a channel, no filter. */
export function png(pixels: Uint8Array, px: number): Buffer {
  const part = (name: string, bytes: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), bytes])
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(bytes.length)
    check.writeUInt32BE(crc32(named))
    return Buffer.concat([length, named, check])
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(px)
  head.writeUInt32BE(px, 4)
  head.set([8, 6], 8)
  const rows = Array.from({ length: px }, (_, y) => Buffer.concat([Buffer.alloc(1), pixels.subarray(y * px * 4, (y + 1) * px * 4)]))
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]), part('IHDR', head), part('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })), part('IEND', Buffer.alloc(0))])
}

export function icons(from: string, outDir: string): Plugin {
  return {
    name: 'pioneer-icons',
    apply: 'build',
    closeBundle() {
      for (const [svg, px] of [['icon', 192], ['icon', 512], ['icon-maskable', 512]] as const) {
        writeFileSync(join(outDir, `${svg}-${px}.png`), png(drawn(readFileSync(join(from, `${svg}.svg`), 'utf8'), px), px))
      }
    },
  }
}
