// Signed notes, the keys that check them, and the checkpoint in one (https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint,
// https://c2sp.org/tlog-cosignature).
import { base64Read, because, bytesOf, Fault, hexOf, joined, numberRead, shown, type Bytes, type Why } from './bytes'
import { sha256, signedBy } from './hashing'

export interface NoteSignature {
  name: string
  keyId: string // 8 hexadecimal digits
  bytes: Bytes
}
export interface SignedNote {
  text: string // with its last line break: what is signed
  signatures: NoteSignature[]
}
export interface Checkpoint {
  origin: string
  size: bigint
  root: Bytes
}
export interface VerifierKey {
  text: string
  name: string
  keyId: string
  kind: 'log' | 'witness'
  publicKey: Bytes
}

const noteBytesMost = 64 << 10
const signaturesMost = 100
const keyIdBytes = 4
const isName = (name: string) => name !== '' && !/[\s\u0085+\u0000-\u001f\u007f]/u.test(name)

function signatureIn(line: string): NoteSignature {
  const parts = /^\u2014 ([^ ]+) ([^ ]+)$/u.exec(line)
  const bytes = parts ? base64Read(parts[2]!) : undefined
  if (!parts || !isName(parts[1]!) || !bytes || bytes.length <= keyIdBytes) throw new Fault('bad_signature_line', { line: shown(line) })
  return { name: parts[1]!, keyId: hexOf(bytes.subarray(0, keyIdBytes)), bytes: bytes.slice(keyIdBytes) }
}

export function noteIn(note: string): SignedNote {
  const parted = note.lastIndexOf('\n\n')
  if (bytesOf(note).length > noteBytesMost || /[\u0000-\u0009\u000b-\u001f]/.test(note) || parted < 1 || !note.endsWith('\n') || parted + 2 >= note.length) throw new Fault('bad_note')
  const lines = note.slice(parted + 2, -1).split('\n')
  if (lines.length > signaturesMost) throw new Fault('too_many_signatures')
  return { text: note.slice(0, parted + 1), signatures: lines.map(signatureIn) }
}

/** Origin, size and root, and not a line more: ours have none, and nobody audits them. */
export function checkpointIn(note: SignedNote): Checkpoint {
  const lines = note.text.slice(0, -1).split('\n')
  if (lines.length !== 3) throw new Fault('bad_lines')
  const [origin, digits, hash] = lines as [string, string, string]
  if (!isName(origin)) throw new Fault('bad_origin')
  const size = numberRead(digits)
  if (size === undefined) throw new Fault('bad_size', { size: shown(digits) })
  const root = base64Read(hash)
  if (root?.length !== 32) throw new Fault('bad_root', { root: shown(hash) })
  return { origin, size, root }
}

const kinds = { 1: 'log', 4: 'witness' } as const

/** `name+keyid+base64(kind ‖ public key)`, kind 1 for a log, 4 for a witness. Its id must be what its name and bytes make it. */
export async function verifierKey(text: string): Promise<VerifierKey> {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u.exec(text)
  const bytes = parts ? base64Read(parts[3]!) : undefined
  if (!parts || !isName(parts[1]!) || !bytes) throw new Fault('bad_key', { key: shown(text) })
  const kind = kinds[bytes[0] as 1 | 4] as 'log' | 'witness' | undefined
  if (!kind || bytes.length !== 33) throw new Fault('bad_key_kind', { key: shown(text) })
  const [name, keyId] = [parts[1]!, parts[2]!]
  const made = hexOf((await sha256(joined(bytesOf(name), [10], bytes))).subarray(0, keyIdBytes))
  if (made !== keyId) throw new Fault('bad_key_id', { key: shown(text) })
  return { text, name, keyId, kind, publicKey: bytes.slice(1) }
}

const timeBytes = 8
const secondsMost = 253_402_300_799n // the last second of the year 9999

/** A witness's word: that it saw this checkpoint, and when by its own clock, in seconds since 1970. Nothing: it is not its word. */
export async function cosignedAt(note: SignedNote, signature: NoteSignature, key: VerifierKey): Promise<number | undefined> {
  if (signature.bytes.length !== timeBytes + 64) return undefined
  const at = new DataView(signature.bytes.buffer).getBigUint64(0)
  if (at > secondsMost) return undefined
  const good = await signedBy(key.publicKey, bytesOf(`cosignature/v1\ntime ${at}\n${note.text}`), signature.bytes.slice(timeBytes))
  return good ? Number(at) : undefined
}

export const signedByLog = async (note: SignedNote, signature: NoteSignature, key: VerifierKey): Promise<boolean> =>
  signature.bytes.length === 64 && signedBy(key.publicKey, bytesOf(note.text), signature.bytes)

export const keyOf = (keys: VerifierKey[], signature: NoteSignature): VerifierKey | undefined => keys.find((k) => k.name === signature.name && k.keyId === signature.keyId)

/** Why no line is of a key that was given. */
function unsigned(note: SignedNote, origin: string, keys: VerifierKey[]): Why {
  if (keys.length === 0) return because('no_key', { origin: shown(origin) })
  if (!keys.some((k) => k.name === origin)) return because('other_log', { origin: shown(origin), known: shown(keys.map((k) => k.name).join(', ')) })
  return because(note.signatures.some((s) => s.name === origin) ? 'other_key' : 'not_signed', { origin: shown(origin) })
}

/** The first of this log's keys that signed; or why none did. A known key whose signature is wrong is the end of it. */
export async function signerOf(note: SignedNote, origin: string, keys: VerifierKey[]): Promise<VerifierKey | Why> {
  const own = keys.filter((k) => k.name === origin)
  let signer: VerifierKey | undefined
  for (const signature of note.signatures) {
    const key = keyOf(own, signature)
    if (!key) continue
    if (!(await signedByLog(note, signature, key))) return because('bad_signature', { name: shown(key.name) })
    signer ??= key
  }
  return signer ?? unsigned(note, origin, keys)
}
