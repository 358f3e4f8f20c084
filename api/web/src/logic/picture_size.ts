// How large a picture says it is, from its first bytes: one that would fill the phone's memory is not opened at all. Pure.
// PNG (ISO 15948, IHDR), JPEG (ITU T.81, SOFn), GIF89a (logical screen), WebP (RFC 9649, VP8/VP8L/VP8X).
export const pixelsMax = 100_000_000 // of a phone's largest cameras; more are 400 MB once opened

export function pixelsOf(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const has = (at: number, text: string) => at + text.length <= bytes.length && [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0))
  if (has(1, 'PNG\r\n') && bytes.length >= 24) return view.getUint32(16) * view.getUint32(20)
  if (has(0, 'GIF8') && bytes.length >= 10) return view.getUint16(6, true) * view.getUint16(8, true)
  if (has(0, 'RIFF') && has(8, 'WEBP') && bytes.length >= 30) return webp(view, has)
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(view)
  return undefined
}

function webp(view: DataView, has: (at: number, text: string) => boolean): number | undefined {
  const u24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  if (has(12, 'VP8X')) return (u24(24) + 1) * (u24(27) + 1)
  if (has(12, 'VP8L')) {
    const bits = view.getUint32(21, true)
    return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1)
  }
  if (has(12, 'VP8 ')) return (view.getUint16(26, true) & 0x3fff) * (view.getUint16(28, true) & 0x3fff)
  return undefined
}

function jpeg(view: DataView): number | undefined {
  let at = 2
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++ // padding
      continue
    }
    // SOF0 to SOF15, save DHT, JPG and DAC.
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) return view.getUint16(at + 5) * view.getUint16(at + 7)
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}
