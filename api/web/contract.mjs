// Makes the client's types from the contract that this very pioneerd prints: `npm run contract`, before check and build.
// PIONEER_BIN names the folder of the release programs; PIONEER_WEB_BUILD where everything made goes.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'

const here = import.meta.dirname ?? new URL('.', import.meta.url).pathname
const bin = process.env.PIONEER_BIN ?? resolve(here, '../../build/release/bin')
const out = resolve(here, '../../build/web-contract')
const printed = execFileSync(resolve(bin, 'pioneerd'), ['--print-openapi'], { encoding: 'utf8', maxBuffer: 1 << 26 })
const types = '// Made by contract.mjs from the OpenAPI document.\n' + astToString(await openapiTS(JSON.parse(printed)))
mkdirSync(out, { recursive: true })
let before = ''
try {
  before = readFileSync(resolve(out, 'schema.d.ts'), 'utf8')
} catch {
  // the first time
}
if (before !== types) writeFileSync(resolve(out, 'schema.d.ts'), types)
console.log(`contract: ${Object.keys(JSON.parse(printed).paths).length} paths`)
