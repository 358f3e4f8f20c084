import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import auditEn from '@/words/audit_en'
import auditZh from '@/words/audit_zh'
import screensEn from '@/words/en'
import errorsEn from '@/words/errors_en'
import errorsZh from '@/words/errors_zh'
import { variants } from '@/logic/event_facts'
import screensZh from '@/words/zh'

// All that is said: the words for looking back come later, under their own name.
const zh = { ...screensZh, audit: auditZh }
const en = { ...screensEn, audit: auditEn }

const root = resolve(import.meta.dirname, '../../..')

function keys(o: object, before = ''): string[] {
  return Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [before + k] : keys(v as object, `${before}${k}.`)))
}

it('every error code of the server has words in both languages', () => {
  const table = readFileSync(resolve(root, 'api/http/problem_table.cpp'), 'utf8')
  const codes = [...table.matchAll(/^\s*\{"([a-z_]+)", \d+,/gm)].map((m) => m[1]!)
  expect(codes.length).toBeGreaterThan(100)
  expect(codes.filter((c) => !(c in errorsZh) || !(c in errorsEn))).toEqual([])
})

it('both catalogues have the same keys and the same places for values', () => {
  expect(keys(en).sort()).toEqual(keys(zh).sort())
  const named = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
  const at = (o: object, key: string) => key.split('.').reduce<unknown>((v, k) => (v as Record<string, unknown>)[k], o) as string
  for (const key of keys(zh)) expect([key, named(at(en, key))]).toEqual([key, named(at(zh, key))])
})

it('English stands in no Chinese catalogue by mistake, and no sentence breaks the message format', () => {
  for (const text of [...Object.values(errorsZh), ...Object.values(errorsEn)]) expect(text).not.toMatch(/[|@{}]/)
  for (const text of Object.values(errorsZh)) expect(text).toMatch(/[\u4e00-\u9fff]/)
})

it('every event of the log has a sentence and a short name, in both languages, and none has words that is no event', () => {
  const list = /using AnyEvent = std::variant<([^>]+)>/.exec(readFileSync(resolve(root, 'domain/events.hpp'), 'utf8'))![1]!
  const types = list.split(',').map((t) => t.trim())
  expect(types.length).toBeGreaterThan(40)
  for (const words of [auditZh, auditEn]) {
    expect(Object.keys(words.event).sort()).toEqual([...types, ...variants, 'elsewhere', 'takeover', 'unknown'].sort())
    expect(Object.keys(words.type).sort()).toEqual([...types].sort())
  }
})

it('every key that a screen names exists, and no text stands in a template', () => {
  const src = resolve(root, 'api/web/src')
  const known = new Set(keys(zh))
  const found: string[] = []
  for (const file of readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((f) => /\.(vue|ts)$/.test(f) && !/^words|samples/.test(f))) {
    const text = readFileSync(resolve(src, file), 'utf8')
    for (const m of text.matchAll(/\bt\('([\w.]+)'/g)) if (!known.has(m[1]!)) found.push(`${file}: ${m[1]}`)
    const template = text.slice(text.lastIndexOf('<template>'), text.lastIndexOf('</template>'))
    if (file.endsWith('.vue') && /[\u4e00-\u9fff]/.test(template.replaceAll("label: '中文'", ''))) found.push(`${file}: text outside the catalogues`)
  }
  expect(found).toEqual([])
})
