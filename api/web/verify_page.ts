// A Vite plugin: builds verify.html, one file with its script and style inside and a policy that lets nothing else run or be asked.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rollup } from 'vite'

const path = (p: string) => fileURLToPath(new URL(p, import.meta.url))
const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The page as it is served and passed on. */
export async function verifyPage(): Promise<string> {
  const built = (await build({
    configFile: false,
    root: path('.'),
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias: { '@': path('./src') } },
    build: { write: false, target: 'es2022', cssCodeSplit: false, lib: { entry: path('./src/verify/main.ts'), formats: ['iife'], name: 'verify' } },
  })) as Rollup.RollupOutput[]
  const parts = built.flatMap((b) => b.output)
  // What ends a script's element ends it wherever it stands; in a text of ours it would be a fault of the build.
  const script = parts.flatMap((p) => (p.type === 'chunk' ? [p.code] : [])).join('').trim()
  const style = parts.flatMap((p) => (p.type === 'asset' && p.fileName.endsWith('.css') ? [String(p.source)] : [])).join('').trim()
  if (!script || !style || /<\/script|<!--/i.test(script) || /<\/style/i.test(style)) throw new Error('verify.html: its script or style cannot stand in a page')
  const policy = `default-src 'none'; script-src ${hashOf(script)}; style-src ${hashOf(style)}; base-uri 'none'; form-action 'none'`
  return readFileSync(path('./src/verify/verify.html'), 'utf8')
    .replace('<!-- policy -->', () => `<meta http-equiv="Content-Security-Policy" content="${policy}" />`)
    .replace('<!-- style -->', () => `<style>${style}</style>`)
    .replace('<!-- script -->', () => `<script>${script}</script>`)
}

export const verifyPagePlugin: Plugin = {
  name: 'pioneer-verify-page',
  apply: 'build',
  async generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'verify.html', source: await verifyPage() })
  },
}
