// A proof file (https://c2sp.org/tlog-proof): a record's bytes, its place, the hashes from its leaf to the root, and the checkpoint. Pure.
import { base64Of, base64Read, Fault, numberRead, shown, textOf, type Bytes } from './bytes'
import { checkpointIn, noteIn, type Checkpoint, type SignedNote } from './signed_note'

export interface TlogProof {
  record?: Bytes // `extra`: it says nothing until the hashes have been held against it
  index: bigint
  hashes: Bytes[]
  note: SignedNote
  checkpoint: Checkpoint
}

/** Of a file that is read at all: the longest record in base64 (87 KB), the longest path (3 KB), the longest note (64 KB). */
export const proofBytesMost = 160 << 10
const header = 'c2sp.org/tlog-proof@v1'
const hashesMost = 63

/** Only what is written in the one right way; whether it is true is another question. */
export function proofIn(file: Uint8Array): TlogProof {
  if (file.length > proofBytesMost) throw new Fault('too_long')
  const text = textOf(file)
  if (text === undefined) throw new Fault('no_text')
  const end = text.indexOf('\n\n')
  const [first, ...lines] = (end < 0 ? text : text.slice(0, end)).split('\n')
  if (first !== header) throw new Fault('no_proof')
  if (end < 0) throw new Fault('no_checkpoint')
  let record: Bytes | undefined
  if (lines[0]?.startsWith('extra ')) {
    record = base64Read(lines.shift()!.slice('extra '.length))
    if (!record?.length) throw new Fault('bad_extra')
  }
  const place = lines.shift() ?? ''
  const index = place.startsWith('index ') ? numberRead(place.slice('index '.length)) : undefined
  if (index === undefined) throw new Fault('bad_index', { line: shown(place) })
  if (lines.length > hashesMost) throw new Fault('too_many_hashes')
  const hashes = lines.map((line) => {
    const hash = base64Read(line)
    if (hash?.length !== 32) throw new Fault('bad_hash', { line: shown(line) })
    return hash
  })
  const note = noteIn(text.slice(end + 2))
  const checkpoint = checkpointIn(note)
  if (index >= checkpoint.size) throw new Fault('beyond_size', { index: String(index), size: String(checkpoint.size) })
  return { ...(record ? { record } : {}), index, hashes, note, checkpoint }
}

/** The file of a proof: what `proofIn` has read is written as it was. */
export function fileOf(proof: Pick<TlogProof, 'record' | 'index' | 'hashes'>, note: string): string {
  const extra = proof.record ? `extra ${base64Of(proof.record)}\n` : ''
  return `${header}\n${extra}index ${proof.index}\n${proof.hashes.map((h) => `${base64Of(h)}\n`).join('')}\n${note}`
}
