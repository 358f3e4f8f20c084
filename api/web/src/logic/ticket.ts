// What stands in a ticket's QR code: "P1", then base64url of log (16 bytes), product (16), claim (4, big-endian), places (4), ".", and an
// Ed25519 signature over "pioneer ticket 1\n" and those bytes. Pure.
export interface Named {
  product: string // its id as addresses have it
  claim: string
  places: number
}

export interface Ticket extends Named {
  signed: Uint8Array<ArrayBuffer> // what the signature covers
  signature: Uint8Array<ArrayBuffer>
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const heading = new TextEncoder().encode('pioneer ticket 1\n')
const bytesLength = 40

export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
    return Uint8Array.from(text, (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}

/** 16 bytes as the 26 characters of an id: groups of five bits, the first holds the three highest. */
export function idOf(bytes: Uint8Array): string {
  let value = 0n
  for (const b of bytes) value = (value << 8n) | BigInt(b)
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = alphabet[Number(value & 31n)]! + text
    value >>= 5n
  }
  return text
}

/** What a scanned text says; nothing for what is no ticket of ours. Whether it is true, its signature says. */
export function ticketIn(text: string): Ticket | undefined {
  const parts = /^P1([\w-]+)\.([\w-]+)$/.exec(text.trim())
  const bytes = parts && bytesOf(parts[1]!)
  const signature = parts && bytesOf(parts[2]!)
  if (!bytes || !signature || bytes.length !== bytesLength || signature.length !== 64) return undefined
  const view = new DataView(bytes.buffer)
  const signed = new Uint8Array(heading.length + bytes.length)
  signed.set(heading)
  signed.set(bytes, heading.length)
  return { product: idOf(bytes.subarray(16, 32)), claim: String(view.getUint32(32)), places: view.getUint32(36), signed, signature }
}
