import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { drawn, png } from '../../../api/web/icons'

const svg = (name: string) => readFileSync(resolve(import.meta.dirname, `../../../api/web/public/${name}.svg`), 'utf8')
const at = (pixels: Uint8Array, px: number, x: number, y: number) => [...pixels.subarray((y * px + x) * 4, (y * px + x) * 4 + 4)]
const [red, white] = [[0xb3, 0x26, 0x1e, 255], [255, 255, 255, 255]]

it('icons are drawn from their SVG: a round ground, the pole, the flag', () => {
  const pixels = drawn(svg('icon'), 64)
  expect(at(pixels, 64, 0, 0)).toEqual([0, 0, 0, 0])
  for (const [x, y] of [[32, 2], [2, 32], [61, 32], [32, 61], [19, 56]]) expect(at(pixels, 64, x!, y!)).toEqual(red)
  for (const [x, y] of [[18, 49], [18, 13], [34, 26], [44, 30]]) expect(at(pixels, 64, x!, y!)).toEqual(white)
  // What may be cut off at the edge reaches to the corners.
  expect(at(drawn(svg('icon-maskable'), 64), 64, 0, 0)).toEqual(red)
})

it('a PNG holds them as they are', () => {
  const pixels = drawn(svg('icon'), 16)
  const file = png(pixels, 16)
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([16, 16])
  const length = file.readUInt32BE(33)
  const rows = inflateSync(file.subarray(41, 41 + length))
  expect(rows.length).toBe(16 * (1 + 64))
  expect([...rows.subarray(1 + 65 * 8, 65 * 9)]).toEqual([...pixels.subarray(64 * 8, 64 * 9)])
})

it('what it was not taught to draw ends the build', () => {
  expect(() => drawn('<svg viewBox="0 0 8 8"><circle r="2" /></svg>', 8)).toThrow('circle')
  expect(() => drawn('<svg viewBox="0 0 8 8"><path d="M0 0A1 1 0 0 0 2 2" fill="#fff"/></svg>', 8)).toThrow('"A"')
})
