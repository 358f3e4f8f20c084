// Everything that a proof file must stand, step by step. What could not be checked is said to be so; it is never good.
import { because, bytesOf, Fault, hexOf, shown, type Bytes, type Why } from './bytes'
import { toldBy, type Told } from './commit_body'
import { hashesFor, isRoot, leafHash, rootOf } from './hashing'
import { headerOf, type RecordHeader } from './record'
import { cosignedAt, keyOf, signerOf, type VerifierKey } from './signed_note'
import { proofIn, type TlogProof } from './tlog_proof'

export type Verdict = 'good' | 'bad' | 'unknown'
/** The file as such; the record's place in the tree; the record; the log's signature; signatures of witnesses outside. */
export type StepName = 'form' | 'place' | 'record' | 'log' | 'witness'
export interface Step {
  name: StepName
  verdict: Verdict
  why?: Why
}
export interface Witnessed {
  name: string
  keyId: string
  at: number // seconds since 1970, by the witness's clock
}
export interface Report {
  verdict: Verdict // good: all but the witnesses, of whom a log may have none yet; bad: any step is
  steps: Step[] // in order, as far as one could go on
  proof?: TlogProof
  leaf?: Bytes
  header?: RecordHeader
  told?: Told // nothing: the body is not for this version of the page
  logKey?: VerifierKey // that did sign
  witnesses: Witnessed[] // outside ones that did sign
  strangers: string[] // who else put a name to it; says nothing
  clocksDiffer: boolean // a witness saw it before it was recorded: one of the two clocks was wrong
}

const aheadMostS = 120 // two honest clocks

type Found = Partial<Report>
type Look = (report: Found) => Promise<Step['why'] | undefined>

const notKnown = new Set<Why['code']>(['no_sha256', 'no_ed25519', 'no_record', 'no_key', 'other_log', 'other_key', 'no_witness', 'strange_witness', 'own_witness'])

const form =
  (file: Bytes): Look =>
  async (report) => {
    report.proof = proofIn(file)
    const { index, hashes, checkpoint } = report.proof
    if (hashes.length !== hashesFor(index, checkpoint.size)) throw new Fault('wrong_count')
    return undefined
  }

const place: Look = async (report) => {
  const { record, index, hashes, checkpoint } = report.proof!
  if (!record) return because('no_record')
  report.leaf = await leafHash(record)
  return isRoot(await rootOf(report.leaf, index, checkpoint.size, hashes), checkpoint.root) ? undefined : because('not_in_tree')
}

const record: Look = async (report) => {
  const { record: bytes, index } = report.proof!
  if (!bytes) return because('no_record')
  report.header = headerOf(bytes)
  if (report.header.sequence !== index) return because('other_place', { index: String(index), sequence: String(report.header.sequence) })
  report.told = toldBy(report.header.kind, report.header.body)
  return undefined
}

const log =
  (keys: VerifierKey[]): Look =>
  async (report) => {
    const { note, checkpoint } = report.proof!
    const signer = await signerOf(note, checkpoint.origin, keys)
    if ('code' in signer) return signer
    report.logKey = signer
    return undefined
  }

const witness =
  (keys: VerifierKey[], logKeys: VerifierKey[]): Look =>
  async (report) => {
    const { note, checkpoint } = report.proof!
    const witnesses: Witnessed[] = []
    const seen = new Set<string>() // one key is one witness, whatever its names
    let own = false
    for (const signature of note.signatures) {
      const key = keyOf(keys, signature)
      if (!key) continue
      const at = await cosignedAt(note, signature, key)
      if (at === undefined) return because('bad_cosignature', { name: shown(key.name) })
      // The log's own word under another name is nobody's from outside.
      if (key.name === checkpoint.origin || logKeys.some((k) => hexOf(k.publicKey) === hexOf(key.publicKey))) own = true
      else if (!seen.has(hexOf(key.publicKey))) witnesses.push({ name: key.name, keyId: key.keyId, at })
      seen.add(hexOf(key.publicKey))
    }
    report.witnesses = witnesses
    const recordedS = Number((report.told?.recordedAtUs ?? 0n) / 1_000_000n)
    report.clocksDiffer = witnesses.some((w) => w.at + aheadMostS < recordedS)
    if (witnesses.length > 0) return undefined
    const others = (report.strangers ?? []).length > 0
    return because(own ? 'own_witness' : others ? 'strange_witness' : 'no_witness', { names: shown((report.strangers ?? []).join(', ')) })
  }

async function look(name: StepName, at: Look, report: Found): Promise<Step> {
  try {
    const why = await at(report)
    return why ? { name, verdict: notKnown.has(why.code) ? 'unknown' : 'bad', why } : { name, verdict: 'good' }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { name, verdict: notKnown.has(error.code) ? 'unknown' : 'bad', why: { code: error.code, named: error.named } }
  }
}

/** `keys`: the log's, and those of witnesses that the one who asks holds to be outside the log's hands. */
export async function checkProof(file: string | Uint8Array, keys: VerifierKey[]): Promise<Report> {
  const report: Found = { witnesses: [], strangers: [], clocksDiffer: false }
  const steps = [await look('form', form(typeof file === 'string' ? bytesOf(file) : file.slice()), report)]
  if (report.proof && steps[0]!.verdict === 'good') {
    const { note, checkpoint } = report.proof
    const ours = keys.filter((k) => k.kind === 'log')
    report.strangers = [...new Set(note.signatures.filter((s) => s.name !== checkpoint.origin && !keyOf(keys, s)).map((s) => s.name))]
    steps.push(await look('place', place, report), await look('record', record, report), await look('log', log(ours), report))
    steps.push(await look('witness', witness(keys.filter((k) => k.kind === 'witness'), ours), report))
  }
  const needed = steps.filter((s) => s.name !== 'witness')
  const verdict = steps.some((s) => s.verdict === 'bad') ? 'bad' : needed.every((s) => s.verdict === 'good') ? 'good' : 'unknown'
  return { ...(report as Report), steps, verdict }
}
