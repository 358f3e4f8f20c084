// A report of proofs/check.ts in words: for verify.html, the screen of a receipt and an auditor's. Pure; it needs neither Vue nor the
// application's catalogue, for the page that stands alone has neither.
import { hexOf, shown, type Why } from '@/proofs/bytes'
import type { Report, StepName, Verdict } from '@/proofs/check'
import type { Told } from '@/proofs/commit_body'
import type { OtherFile, OtherKind } from '@/proofs/file_kind'
import en from './proofs_en'
import zh from './proofs_zh'

export interface ProofWords {
  why: Record<Why['code'], string>
  step: Record<StepName, string>
  checked: Record<Verdict, string>
  verdict: Record<Verdict | 'ownWord', string>
  lead: Record<Verdict | 'ownWord', string>
  file: Record<OtherKind, string>
  fileLead: Record<OtherKind, string>
  [key: string]: string | Record<string, string | Record<string, string>>
}
export type Language = 'zh' | 'en'
export const proofWords = { zh, en }

export const filled = (said: string, named: Record<string, string | number>): string => said.replace(/\{(\w+)\}/g, (_, name: string) => String(named[name] ?? ''))
export const whySaid = (why: Why, language: Language): string => filled(proofWords[language].why[why.code], why.named)

export function timeSaid(ms: number, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'long', timeStyle: 'medium' }).format(new Date(ms))
}

const eventSaid = (type: string, language: Language): string => (proofWords[language].event as Record<string, string>)[type] ?? shown(type)
const kindSaid = (stream: string, language: Language): string => {
  const kind = stream.split('/')[0]!
  return (proofWords[language].kind as Record<string, string>)[kind] ?? shown(kind)
}

/** Events of one stream: "request: help was asked for". Those that only follow from the others, and keys, need no word beside them. */
export function eventsSaid(stream: string, types: string[], language: Language): string {
  const told = types.filter((type) => types.length === 1 || !beside.has(type))
  return `${kindSaid(stream, language)}: ${[...new Set(told.length > 0 ? told : types)].map((type) => eventSaid(type, language)).join(language === 'zh' ? '，' : ', ')}`
}
const beside = new Set(['SubjectKeyIssued', 'RequestDeadlineSet'])

/** What happened, as far as anybody may know: kinds of streams and of events. */
export function happened(told: Told | undefined, opened: boolean, language: Language): string[] {
  const w = proofWords[language]
  if (!told) return [w.unreadable]
  if (opened) return told.clockDriven ? [w.opened, w.driven] : [w.opened]
  return told.parts.map((p) => eventsSaid(p.stream, p.events.map((e) => e.type), language))
}

export interface Telling {
  verdict: Verdict | 'ownWord' | 'other'
  title: string
  lead: string
  what: string[]
  facts: { label: string; value: string }[]
  proves: string[]
  provesNot: string[]
  reason: string // the first thing that is not right, or was not checked
  steps: { verdict: Verdict; text: string; checked: string; why: string }[]
  details: { label: string; value: string }[]
}

const firstSeen = (report: Report) => Math.min(...report.witnesses.map((w) => w.at)) * 1_000

/** `ownWord`: the key came from where the proof came from, so that the two say nothing but that they belong together. */
export function tell(report: Report, language: Language, ownWord = false): Telling {
  const w = proofWords[language]
  const verdict = report.verdict === 'good' && ownWord ? 'ownWord' : report.verdict
  const { proof, header, told } = report
  const between = language === 'zh' ? '、' : ', '
  const facts: Telling['facts'] = []
  const details: Telling['details'] = []
  const index = String(proof?.index ?? '')
  const origin = shown(proof?.checkpoint.origin ?? '')
  // What the record says counts from where it is known to stand in the tree.
  const proven = report.steps.some((s) => s.name === 'place' && s.verdict === 'good') && report.steps.some((s) => s.name === 'record' && s.verdict === 'good')
  if (proof && proven && header && verdict !== 'bad') {
    if (told) facts.push({ label: w.when, value: filled(w.logClock, { at: timeSaid(Number(told.recordedAtUs / 1_000n), language) }) })
    if (told?.occurredAtUs) facts.push({ label: w.occurred, value: timeSaid(Number(told.occurredAtUs / 1_000n), language) })
    facts.push({ label: w.place, value: filled(w.placeOf, { index, size: String(proof.checkpoint.size) }) })
    details.push({ label: w.streams, value: told?.parts.map((p) => shown(p.stream)).join(between) ?? '' }, { label: w.logId, value: header.logId })
  }
  if (proof) facts.push({ label: w.log, value: origin })
  if (report.witnesses.length > 0 && verdict !== 'bad') facts.push({ label: w.witnesses, value: report.witnesses.map((s) => filled(w.seenAt, { name: shown(s.name), at: timeSaid(s.at * 1_000, language) })).join(between) })
  if (report.logKey) details.push({ label: w.signedBy, value: `${shown(report.logKey.name)} · ${report.logKey.keyId}` })
  if (report.leaf) details.push({ label: w.leaf, value: hexOf(report.leaf) })
  if (proof) details.push({ label: w.root, value: hexOf(proof.checkpoint.root) })
  const whyNot = report.steps.find((s) => s.verdict === report.verdict && verdict !== 'good')?.why
  const isGood = report.verdict === 'good'
  const names = report.witnesses.map((s) => shown(s.name)).join(between)
  return {
    verdict,
    title: w.verdict[verdict],
    lead: w.lead[verdict],
    what: proven && verdict !== 'bad' ? happened(told, header?.kind === 'opened', language) : [],
    facts,
    proves: isGood && !ownWord ? [filled(w.proves, { origin, index }), ...(names ? [filled(w.witnessed, { names, at: timeSaid(firstSeen(report), language) })] : [])] : [],
    provesNot: isGood && !ownWord ? [...(names ? [] : [w.notWitnessed]), ...(report.clocksDiffer ? [w.clocksDiffer] : []), w.notTrue, w.sealed] : [],
    reason: whyNot ? whySaid(whyNot, language) : '',
    steps: report.steps.map((s) => ({ verdict: s.verdict, text: w.step[s.name], checked: w.checked[s.verdict], why: s.why ? whySaid(s.why, language) : '' })),
    details: details.filter((d) => d.value !== ''),
  }
}

/** Of a file that is no receipt: what it is. Nothing in it was checked, so nothing is held against it. */
export function tellOther(other: OtherFile, language: Language): Telling {
  const w = proofWords[language]
  const facts: Telling['facts'] = []
  if (other.promised) {
    const { origin, position, by } = other.promised
    const byMs = Date.parse(by)
    facts.push({ label: w.log, value: origin }, { label: w.place, value: position }, { label: w.by, value: Number.isNaN(byMs) ? shown(by) : timeSaid(byMs, language) })
  }
  return { verdict: 'other', title: w.file[other.kind], lead: w.fileLead[other.kind], what: [], facts, proves: [], provesNot: [], reason: '', steps: [], details: [] }
}
