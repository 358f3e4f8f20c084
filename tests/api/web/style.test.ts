// The style page shows every component of src/design, so that each is looked at, and measured, in every mode.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

const src = resolve(import.meta.dirname, '../../../api/web/src')
const templateOf = (file: string) => {
  const text = readFileSync(resolve(src, file), 'utf8')
  return text.slice(text.indexOf('<template>'))
}
const tag = (file: string) => new RegExp(`<${file.replace(/(^|_)(\w)/g, (_, __, first: string) => first.toUpperCase())}[\\s/>]`)
// Those that live inside another only.
const inside: Record<string, string> = { read_aloud: 'title_bar' }

it('every component of the design is shown on the style page, itself or inside another', () => {
  const page = templateOf('screens/stylebook/style_screen.vue')
  const all = readdirSync(resolve(src, 'design')).filter((f) => f.endsWith('.vue')).map((f) => f.slice(0, -'.vue'.length))
  expect(all.length).toBeGreaterThan(25)
  expect(all.filter((f) => !tag(inside[f] ?? f).test(page))).toEqual([])
  for (const [part, whole] of Object.entries(inside)) expect([part, tag(part).test(templateOf(`design/${whole}.vue`))]).toEqual([part, true])
})
