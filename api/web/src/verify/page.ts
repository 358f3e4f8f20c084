// The page that checks receipts by itself. It asks no network, and keeps nothing but keys that a person gave.
import { addressIn, pastedIn, type Named } from '@/proofs/address'
import { Fault, hexOf } from '@/proofs/bytes'
import { checkProof, type Report } from '@/proofs/check'
import { otherThanReceipt, type OtherFile } from '@/proofs/file_kind'
import { fileIn } from '@/proofs/paper'
import { proofBytesMost } from '@/proofs/tlog_proof'
import { filled, proofWords, tell, tellOther, whySaid, type Language, type Telling } from '@/words/proofs'
import { embeddedIn } from './embedded'
import { element, mark, type Child } from './element'
import { Keys, type KnownKey } from './keys'
import { linesOf } from './summary'

/** Where a proof came from: one that came with its key says less. */
type Source = 'file' | 'page' | 'address'
interface Given {
  name: string
  source: Source
  file: Uint8Array | string
}
interface Checked extends Given {
  report?: Report
  other?: OtherFile // it is no receipt, and so no wrong one
}

const mostAtOnce = 1_000
const worst: Telling['verdict'][] = ['bad', 'unknown', 'ownWord', 'good', 'other'] // first
const root = document.documentElement
const main = document.querySelector('main')!
const embedded = embeddedIn(document.getElementById('embedded')?.textContent ?? '')
const keys = new Keys()
let language: Language = navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
let given: Given[] = []
let checked: Checked[] = []
let named: Named | undefined
let fault: Fault | undefined
let left = 0 // of what was given, beyond what is checked at once
let turn = 0

const w = () => proofWords[language]
const button = (text: string, act: () => void, kind = '') => element('button', { type: 'button', class: kind, onclick: act }, text)
const list = (items: string[]) => element('ul', {}, ...items.map((i) => element('li', {}, i)))
const pairs = (facts: { label: string; value: string }[]) => element('dl', {}, ...facts.flatMap((f) => [element('dt', {}, f.label), element('dd', {}, f.value)]))

/** The key came from where the proof came from, and nobody has compared it. */
function isOwnWord(one: Checked): boolean {
  const known = keys.all.find((k) => k.key.text === one.report?.logKey?.text)
  return known?.from === 'address' || (known?.from === 'page' && one.source === 'page')
}

const toldOf = (one: Checked): Telling => (one.report ? tell(one.report, language, isOwnWord(one)) : tellOther(one.other ?? { kind: 'none' }, language))

function compareWith(one: Checked): Child[] {
  const known = keys.all.find((k) => k.key.text === one.report?.logKey?.text)
  if (!known) return []
  const text = filled(w().page.compare, { name: known.key.name, id: known.key.keyId })
  return [element('p', { class: 'strong' }, text), button(w().page.compared, () => act(() => keys.compared(known)), 'main')]
}

function namedSaid(report?: Report): string[] {
  if (!named || !report?.leaf) return []
  return [hexOf(report.leaf) === named.leaf && report.proof?.checkpoint.origin === named.origin ? w().page.sameLeaf : w().page.otherLeaf]
}

function save(one: Checked): void {
  const address = URL.createObjectURL(new Blob([one.file as BlobPart], { type: 'text/plain' }))
  element('a', { href: address, download: `pioneer-${one.report?.proof?.index ?? ''}.tlog-proof` }).click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function stepsOf(told: Telling): HTMLElement {
  const step = (s: Telling['steps'][number]) => element('li', { class: `step ${s.verdict}` }, mark(s.verdict), element('span', {}, element('strong', {}, `${s.text}: ${s.checked}`), ...(s.why ? [element('br', {}), s.why] : [])))
  return element('section', {}, element('h3', {}, w().steps), element('ol', {}, ...told.steps.map(step)))
}

function bodyOf(one: Checked, told: Telling): Child[] {
  return [
    element('p', {}, told.lead),
    ...(told.reason ? [element('p', { class: 'strong' }, told.reason)] : []),
    ...namedSaid(one.report).map((s) => element('p', { class: 'strong' }, s)),
    ...(told.verdict === 'ownWord' ? compareWith(one) : []),
    ...(told.facts.length > 0 && told.verdict !== 'good' ? [element('p', {}, w().claims)] : []),
    ...told.what.map((what) => element('p', { class: 'strong' }, what)),
    ...(told.facts.length > 0 ? [pairs(told.facts)] : []),
    ...(told.proves.length > 0 ? [element('h3', {}, w().provesTitle), list(told.proves), element('h3', {}, w().notTitle), list(told.provesNot)] : []),
    ...(told.steps.length > 0 ? [stepsOf(told), element('details', {}, element('summary', {}, w().details), pairs(told.details))] : []),
    ...(one.source !== 'file' && one.report?.proof ? [button(w().page.save, () => save(one))] : []),
  ]
}

function resultOf(one: Checked): HTMLElement {
  const told = toldOf(one)
  return element('article', { class: `card result ${told.verdict}` }, element('h2', { tabindex: -1 }, mark(told.verdict), told.title), ...(one.name ? [element('p', { class: 'quiet' }, one.name)] : []), ...bodyOf(one, told))
}

/** What is left for a person, apart from what the page found by itself. */
function leftOf(one: Checked): HTMLElement {
  return element('div', { class: 'card result ownWord' }, element('h2', {}, mark('ownWord'), w().page.left), element('p', {}, w().page.leftText), ...compareWith(one))
}

function resultsOf(all: Checked[]): Child[] {
  if (all.length === 1) return [resultOf(all[0]!)]
  const told = all.map((one) => ({ one, told: toldOf(one) })).sort((a, b) => worst.indexOf(a.told.verdict) - worst.indexOf(b.told.verdict))
  const each = ({ one, told: t }: (typeof told)[number]) => {
    const standing = t.verdict === 'ownWord' ? 'fits' : t.verdict
    return element('details', { class: `card result ${standing}` }, element('summary', {}, mark(standing), `${one.name} · ${t.title}`), ...bodyOf(one, t))
  }
  const [first, ...more] = linesOf(told.map((t) => t.told.verdict), language)
  const said = more.map((line) => element('p', { class: 'strong' }, mark(line.standing), line.text))
  const summary = element('div', { class: `card result ${first!.standing}` }, element('h2', { tabindex: -1 }, mark(first!.standing), first!.text), ...said)
  const toCompare = told.find((t) => t.told.verdict === 'ownWord')
  return [summary, ...(toCompare ? [leftOf(toCompare.one)] : []), ...told.map(each)]
}

/** Digits that hold no receipt were read badly, or are none: that is no wrong receipt. */
const faultTold = (wrong: Fault) => (wrong.code === 'bad_paper' ? 'unknown' : 'bad')

function faultOf(wrong: Fault): HTMLElement {
  const verdict = faultTold(wrong)
  return element('article', { class: `card result ${verdict}` }, element('h2', { tabindex: -1 }, mark(verdict), w().verdict[verdict]), element('p', {}, whySaid(wrong, language)))
}

function namedOf(): Child[] {
  return named && checked.length === 0 ? [element('p', { class: 'card' }, filled(w().page.named, { ...named }))] : []
}

function drawResults(focus: boolean): void {
  const place = document.getElementById('results')!
  const more = left > 0 ? [element('p', { class: 'strong' }, filled(w().page.tooMany, { n: mostAtOnce }))] : []
  place.replaceChildren(...(fault ? [faultOf(fault)] : checked.length > 0 ? resultsOf(checked) : namedOf()), ...more)
  if (focus) place.querySelector<HTMLElement>('h2')?.focus()
}

async function checkAll(focus: boolean): Promise<void> {
  const mine = ++turn
  const status = document.getElementById('status')!
  status.textContent = given.length > 0 ? w().page.busy : ''
  const found: Checked[] = []
  for (const one of given.slice(0, mostAtOnce)) {
    // What stands in a page or an address as a receipt is held to be one, whatever it begins with.
    const other = one.source === 'file' ? otherThanReceipt(one.file) : undefined
    found.push(other ? { ...one, other } : { ...one, report: await checkProof(one.file, keys.countFor(one.source === 'page')) })
    if (mine !== turn) return
  }
  left = Math.max(given.length - mostAtOnce, 0)
  checked = found
  status.textContent = fault ? w().verdict[faultTold(fault)] : found.length === 1 ? toldOf(found[0]!).title : ''
  drawResults(focus)
}

/** Something was changed by hand: drawn anew, and the same proofs are checked again. */
function act(change: () => void): void {
  change()
  draw()
  void checkAll(true)
}

async function take(files: Given[]): Promise<void> {
  fault = undefined
  given = files
  checked = []
  await checkAll(true)
}

async function takeFiles(files: Iterable<File>): Promise<void> {
  const all: Given[] = []
  for (const file of files) all.push({ name: file.name, source: 'file', file: new Uint8Array(await file.slice(0, proofBytesMost + 1).arrayBuffer()) })
  if (all.length > 0) await take(all)
}

async function takeDigits(digits: string, source: Source): Promise<void> {
  try {
    await take([{ name: w().page.paper, source, file: fileIn(digits) }])
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    fault = error
    given = checked = []
    await checkAll(true)
  }
}

async function takePasted(text: string): Promise<void> {
  if (!text.trim()) return
  const pasted = pastedIn(text)
  if ('digits' in pasted) return takeDigits(pasted.digits, 'file')
  if ('named' in pasted) {
    named = pasted.named
    return take([])
  }
  return take([{ name: w().page.pasted, source: 'file', file: pasted.file }])
}

function keyOf(known: KnownKey): HTMLElement {
  const { page } = w()
  const said = element('span', {}, element('strong', {}, `${known.key.name} · ${known.key.keyId}`), element('br', {}), `${page.kindOf[known.key.kind]}, ${page.from[known.from]}`)
  const acts = [...(known.from === 'address' || (known.from === 'page' && embedded.proofs.length > 0) ? [button(page.compared, () => act(() => keys.compared(known)))] : []), ...(known.from === 'person' ? [button(page.forget, () => act(() => keys.forget(known)))] : [])]
  return element('li', { class: 'key' }, said, ...acts)
}

function keysPart(): HTMLElement {
  const { page } = w()
  const field = element('textarea', { id: 'keys', rows: 3, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-describedby': 'keys-help keys-said' })
  const said = element('p', { id: 'keys-said', role: 'status' })
  const keep = async () => {
    const wrong = await keys.give(field.value)
    if (!wrong) {
      draw()
      await checkAll(false)
    }
    document.getElementById('keys-said')!.textContent = wrong ? whySaid(wrong, language) : page.kept
    document.getElementById('keys')!.focus()
  }
  const listed = keys.all.length > 0 ? [element('ul', {}, ...keys.all.map(keyOf))] : [element('p', { class: 'strong' }, page.keysNone)]
  const details = element('details', { class: 'card', id: 'keys-part' }, element('summary', {}, page.keys), ...listed, element('label', { for: 'keys' }, page.keyLabel), field, element('p', { id: 'keys-help', class: 'quiet' }, page.keyHelp), said, button(page.keep, () => void keep()))
  details.toggleAttribute('open', keys.all.length === 0 || open.keys)
  details.addEventListener('toggle', () => void (open.keys = details.open))
  return details
}
const open = { keys: false }

function choosePart(): HTMLElement {
  const { page } = w()
  const files = element('input', { type: 'file', id: 'file', multiple: '', accept: '.tlog-proof,text/plain,*/*' })
  files.addEventListener('change', () => void takeFiles(files.files ?? []).then(() => (files.value = '')))
  const field = element('textarea', { id: 'paste', rows: 4, spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off' })
  return element('section', { class: 'card drop' }, files, element('label', { for: 'file', class: 'choose' }, page.choose), element('p', { class: 'quiet' }, page.drop), element('label', { for: 'paste' }, page.paste), field, button(page.check, () => void takePasted(field.value), 'main'))
}

function draw(): void {
  const { page } = w()
  const pasted = document.querySelector<HTMLTextAreaElement>('#paste')?.value ?? ''
  root.lang = language === 'zh' ? 'zh-CN' : 'en'
  document.title = page.title
  const large = root.dataset.mode === 'elder'
  const tools = element('p', { class: 'tools' }, button(page.other, speakOther), button(large ? page.small : page.large, resize))
  const results = [element('p', { id: 'status', role: 'status', class: 'only-read' }), element('div', { id: 'results' })]
  // Who opens evidence wants to know how it stands; others choose a file first.
  const parts = embedded.proofs.length > 0 ? [...results, choosePart()] : [choosePart(), ...results]
  main.replaceChildren(element('header', {}, element('h1', {}, page.title), tools), element('p', {}, page.text), ...parts, keysPart())
  document.querySelector<HTMLTextAreaElement>('#paste')!.value = pasted
  drawResults(false)
}

function speakOther(): void {
  language = language === 'zh' ? 'en' : 'zh'
  draw()
  document.querySelector<HTMLElement>('.tools button')!.focus()
}

function resize(): void {
  root.dataset.mode = root.dataset.mode === 'elder' ? 'normal' : 'elder'
  draw()
  document.querySelectorAll<HTMLElement>('.tools button')[1]!.focus()
}

function listen(): void {
  for (const kind of ['dragover', 'drop'] as const) {
    addEventListener(kind, (event) => {
      event.preventDefault()
      main.classList.toggle('over', kind === 'dragover')
      if (kind === 'drop') void takeFiles((event as DragEvent).dataTransfer?.files ?? [])
    })
  }
  addEventListener('dragleave', () => main.classList.remove('over'))
  const dark = matchMedia('(prefers-color-scheme: dark)')
  const theme = () => void (root.dataset.theme = dark.matches ? 'dark' : 'light')
  dark.addEventListener('change', theme)
  theme()
}

/** What came with the page, or with its address, is checked at once. */
async function arrive(): Promise<void> {
  const address = addressIn(location.hash)
  named = address.named
  await keys.open(embedded.keys, address.keys)
  draw()
  if (address.digits) await takeDigits(address.digits, 'address')
  else if (embedded.proofs.length > 0) await take(embedded.proofs.map((p) => ({ name: p.name, source: 'page', file: p.proof })))
}

export function openPage(): void {
  listen()
  root.dataset.mode = 'normal'
  void arrive()
  addEventListener('hashchange', () => void (/[#&][po]=/.test(location.hash) && arrive()))
}
