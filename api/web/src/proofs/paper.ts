// A proof on paper: the whole file in few enough digits for a QR code. The same bytes come out of it again. Pure.
//
//   version 1 (a byte) ‖ index ‖ size ‖ root (32) ‖ record: 0, or its length + 1, and its bytes ‖ hashes: how many, and 32 bytes each ‖
//   origin ‖ signatures: how many, and of each its name (empty: the origin) and its bytes, key id first
//
// Numbers are varints (LEB128); texts and bytes have their length before them. The bytes are written as decimal digits, seven bytes in
// seventeen digits, for a QR code takes three digits in ten bits: 0.99 of what it could hold, where base64 would take 0.75.
import { base64Of, bytesOf, Fault, joined, textOf, type Bytes } from './bytes'
import { fileOf, proofIn } from './tlog_proof'

const version = 1
const group = 7
const digitsFor = [0, 3, 5, 8, 10, 13, 15, 17] // of so many bytes
const paperDigitsMost = 7_089 // no QR code holds more

function varint(value: bigint): number[] {
  const bytes: number[] = []
  for (; value > 127n; value >>= 7n) bytes.push(Number(value & 127n) | 128)
  return [...bytes, Number(value)]
}
const sized = (bytes: Uint8Array): Bytes => joined(varint(BigInt(bytes.length)), bytes)

export function digitsOf(bytes: Uint8Array): string {
  let digits = ''
  for (let at = 0; at < bytes.length; at += group) {
    const part = bytes.subarray(at, at + group)
    const value = part.reduce((n, byte) => (n << 8n) | BigInt(byte), 0n)
    digits += String(value).padStart(digitsFor[part.length]!, '0')
  }
  return digits
}

export function bytesIn(digits: string): Bytes {
  const whole = digitsFor[group]!
  const last = digitsFor.indexOf(digits.length % whole)
  if (!/^[0-9]+$/.test(digits) || digits.length > paperDigitsMost || last < 0) throw new Fault('bad_paper')
  const bytes: number[] = []
  for (let at = 0; at < digits.length; at += whole) {
    const part = digits.slice(at, at + whole)
    const count = part.length === whole ? group : last
    const value = BigInt(part)
    if (value >> BigInt(8 * count) !== 0n) throw new Fault('bad_paper')
    for (let i = count - 1; i >= 0; i--) bytes.push(Number((value >> BigInt(8 * i)) & 255n))
  }
  return Uint8Array.from(bytes)
}

/** Of a file that `proofIn` reads. */
export function paperOf(file: string): string {
  const proof = proofIn(bytesOf(file))
  const { record, index, hashes, checkpoint, note } = proof
  const signatures = note.signatures.map((s) => {
    const id = s.keyId.match(/../g)!.map((two) => parseInt(two, 16))
    return joined(sized(s.name === checkpoint.origin ? new Uint8Array() : bytesOf(s.name)), sized(joined(id, s.bytes)))
  })
  return digitsOf(
    joined(
      [version],
      varint(index),
      varint(checkpoint.size),
      checkpoint.root,
      record ? joined(varint(BigInt(record.length + 1)), record) : [0],
      varint(BigInt(hashes.length)),
      ...hashes,
      sized(bytesOf(checkpoint.origin)),
      varint(BigInt(signatures.length)),
      ...signatures,
    ),
  )
}

/** The file again. Error: `bad_paper`, where no proof is in these digits; whether it is a good one, the check says. */
export function fileIn(digits: string): string {
  const bytes = bytesIn(digits)
  let at = 0
  const take = (count: number): Bytes => {
    if (!(at + count <= bytes.length)) throw new Fault('bad_paper')
    at += count
    return bytes.slice(at - count, at)
  }
  const number = (): bigint => {
    let value = 0n
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = take(1)[0]!
      value |= BigInt(byte & 127) << shift
      if (byte < 128) return value
    }
    throw new Fault('bad_paper')
  }
  const many = (each: () => Bytes): Bytes[] => Array.from({ length: Math.min(Number(number()), bytes.length) }, each)
  const part = (): Bytes => take(Number(number()))
  const words = (): string => {
    const text = textOf(part())
    if (text === undefined) throw new Fault('bad_paper')
    return text
  }
  if (take(1)[0] !== version) throw new Fault('bad_paper')
  const [index, size, root] = [number(), number(), take(32)]
  const length = Number(number())
  const record = length > 0 ? take(length - 1) : undefined
  const hashes = many(() => take(32))
  const origin = words()
  const lines = Array.from({ length: Math.min(Number(number()), bytes.length) }, () => {
    const name = words()
    return `\u2014 ${name === '' ? origin : name} ${base64Of(part())}\n`
  })
  if (at !== bytes.length) throw new Fault('bad_paper')
  const file = fileOf({ ...(record ? { record } : {}), index, hashes }, `${origin}\n${size}\n${base64Of(root)}\n\n${lines.join('')}`)
  if (paperOf(file) !== digits) throw new Fault('bad_paper') // another way to write the same
  return file
}
