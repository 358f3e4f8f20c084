import { describe, expect, it } from 'vitest'
import { pixelsMax, pixelsOf } from '@/logic/picture_size'

const bytes = (...parts: (string | number[])[]) => Uint8Array.from(parts.flatMap((p) => (typeof p === 'string' ? [...p].map((c) => c.charCodeAt(0)) : p)))
const zeros = (n: number) => Array.from({ length: n }, () => 0)

describe('how large a picture says it is', () => {
  it('reads a PNG, also one that would fill the memory', () => {
    expect(pixelsOf(bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR', [0, 0, 3, 232, 0, 0, 1, 0]))).toBe(256_000)
    expect(pixelsOf(bytes([0x89], 'PNG\r\n', [0x1a, 0x0a, 0, 0, 0, 13], 'IHDR', [0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]))!).toBeGreaterThan(pixelsMax)
  })
  it('reads a JPEG behind its remarks', () => {
    const remark = [0xff, 0xe1, 0, 6, 1, 2, 3, 4]
    const tables = [0xff, 0xc4, 0, 4, 9, 9]
    expect(pixelsOf(bytes([0xff, 0xd8], remark, tables, [0xff, 0xff, 0xc2, 0, 17, 8, 0, 100, 0, 200], zeros(12)))).toBe(20_000)
  })
  it('reads a GIF and the three kinds of WebP', () => {
    expect(pixelsOf(bytes('GIF89a', [10, 0, 20, 0]))).toBe(200)
    expect(pixelsOf(bytes('RIFF', zeros(4), 'WEBPVP8X', zeros(8), [9, 0, 0, 19, 0, 0], zeros(4)))).toBe(200)
    expect(pixelsOf(bytes('RIFF', zeros(4), 'WEBPVP8 ', zeros(10), [10, 0, 20, 0], zeros(4)))).toBe(200)
    expect(pixelsOf(bytes('RIFF', zeros(4), 'WEBPVP8L', zeros(4), [0x2f, 9, 0xc0, 4, 0], zeros(8)))).toBe(200)
  })
  it('says nothing of what it does not know, and survives what is cut off', () => {
    expect(pixelsOf(bytes('no photo at all'))).toBeUndefined()
    expect(pixelsOf(bytes([0x89], 'PNG\r\n'))).toBeUndefined()
    expect(pixelsOf(bytes([0xff, 0xd8, 0xff, 0xe1]))).toBeUndefined()
    expect(pixelsOf(bytes([0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0, 0, 0, 0, 0, 0]))).toBeUndefined()
    expect(pixelsOf(new Uint8Array())).toBeUndefined()
  })
})
