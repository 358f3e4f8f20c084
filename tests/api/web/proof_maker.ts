// Proofs made for tests by another way than ours: Node's own hashes and keys, RFC 6962 as it is written, and what a maker may do wrong.
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { crc32 } from 'node:zlib'

export const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

export interface TestKey {
  name: string
  verifier: string
  line: (signature: Uint8Array) => string
  sign: (message: string) => Buffer
}

/** Ed25519 from a word; `as`: the name that its lines carry. */
export function testKey(name: string, kind = 1, word = name, as = name): TestKey {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), sha256(Buffer.from(word))])
  const key: KeyObject = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const bytes = Buffer.concat([Buffer.from([kind]), createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)])
  const id = sha256(Buffer.from(`${name}\n`), bytes).subarray(0, 4)
  return {
    name,
    verifier: `${name}+${id.toString('hex')}+${bytes.toString('base64')}`,
    line: (signature) => `\u2014 ${as} ${Buffer.concat([id, signature]).toString('base64')}\n`,
    sign: (message) => sign(null, Buffer.from(message), key),
  }
}

export function cosignature(witness: TestKey, text: string, at: bigint): string {
  const time = Buffer.alloc(8)
  time.writeBigUInt64BE(at)
  return witness.line(Buffer.concat([time, witness.sign(`cosignature/v1\ntime ${at}\n${text}`)]))
}

function rootOf(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  const middle = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1)
  return sha256(Buffer.from([1]), rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)))
}

export function pathTo(index: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length === 1) return []
  const middle = 2 ** (Math.ceil(Math.log2(leaves.length)) - 1)
  if (index < middle) return [...pathTo(index, leaves.slice(0, middle)), rootOf(leaves.slice(middle))]
  return [...pathTo(index - middle, leaves.slice(middle)), rootOf(leaves.slice(0, middle))]
}

const varint = (n: bigint): number[] => (n > 127n ? [Number(n & 127n) | 128, ...varint(n >> 7n)] : [Number(n)])
const field = (number: number, bytes: Uint8Array): Buffer => Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(BigInt(bytes.length))]), bytes])

/** As `CommitBody`: recorded at so many µs, one stream, one event whose payload is as long. */
export function bodyOf(at: bigint, stream: string, event: string, payload = 300): Buffer {
  const part = Buffer.concat([field(1, Buffer.from(stream)), field(5, Buffer.concat([field(1, Buffer.from(event)), field(3, Buffer.alloc(payload, 0xa5))]))])
  return Buffer.concat([Buffer.from([8, ...varint(at)]), field(8, part)])
}

export function recordOf(sequence: bigint, body: Buffer, kind = 3): Buffer {
  const record = Buffer.concat([Buffer.alloc(96), body])
  record.write('PREC')
  record.set([1, kind, 1], 4)
  record.writeUInt32LE(body.length, 8)
  record.fill(0xab, 16, 32)
  record.writeBigUInt64LE(1n, 32)
  record.writeBigUInt64LE(sequence, 40)
  record.writeUInt32LE(crc(record), 12)
  return record
}
const crc = (bytes: Buffer): number => (typeof crc32 === 'function' ? crc32(bytes) : slowCrc(bytes))
function slowCrc(bytes: Buffer): number {
  let sum = ~0
  for (const byte of bytes) for (let bit = 0, x = byte; bit < 8; bit++, x >>= 1) sum = (sum >>> 1) ^ ((sum ^ x) & 1 ? 0xedb88320 : 0)
  return ~sum >>> 0
}

export const originOfTests = 'pioneer.example/test'
export const recordedAt = 1_767_225_600n

export interface Making {
  size?: number
  index?: number
  record?: Buffer
  text?: (origin: string, size: string, root: string) => string // the checkpoint's lines
  sizeAs?: string
  path?: (hashes: Buffer[]) => Buffer[]
  indexAs?: string
  key?: TestKey
  lines?: (text: string, log: TestKey) => string
  extra?: string
}

/** A proof file, right where nothing else is asked for; what is wrong in it is signed all the same. */
export function proofFile(making: Making = {}): string {
  const { size = 7, index = 3, key = testKey(originOfTests) } = making
  const record = making.record ?? recordOf(BigInt(index), bodyOf(recordedAt * 1_000_000n, 'request/5k2', 'RequestSubmitted'))
  const leaves = Array.from({ length: size }, (_, i) => sha256(Buffer.from([0]), i === index ? record : Buffer.from(`another ${i}`)))
  const root = rootOf(leaves).toString('base64')
  const text = making.text?.(originOfTests, String(size), root) ?? `${originOfTests}\n${making.sizeAs ?? size}\n${root}\n`
  const lines = making.lines?.(text, key) ?? key.line(key.sign(text))
  const path = (making.path ?? ((h: Buffer[]) => h))(pathTo(index, leaves))
  const extra = making.extra ?? `extra ${record.toString('base64')}\n`
  return `c2sp.org/tlog-proof@v1\n${extra}index ${making.indexAs ?? index}\n${path.map((h) => `${h.toString('base64')}\n`).join('')}\n${text}\n${lines}`
}
