// A Vite plugin: builds src/sw.ts with the list of all that was built, so that the shell can be kept on the
// device; and lays a compressed form beside each file, for the server to choose.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build, type Plugin } from 'vite'

// Large, and for a few: fetched when somebody opens it. The page that checks receipts comes with the server's keys of that day.
const onlyWhenOpened = /^bar_figure-|^verify\.html$/

export function serviceWorker(entry: string, outDir: string): Plugin {
  return {
    name: 'pioneer-service-worker',
    apply: 'build',
    enforce: 'post',
    async closeBundle() {
      const all = readdirSync(outDir, { recursive: true, withFileTypes: true })
        .filter((f) => f.isFile() && /\.(js|css|html|svg|webmanifest|geojson)$/.test(f.name) && f.name !== 'sw.js')
        .map((f) => join(f.parentPath ?? f.path, f.name))
        .sort()
      const files = all.filter((f) => !onlyWhenOpened.test(basename(f)))
      const manifest = files.map((f) => {
        const url = `/${relative(outDir, f)}`
        // What is in assets/ has its hash in its name.
        const revision = url.startsWith('/assets/') ? null : createHash('sha256').update(readFileSync(f)).digest('hex').slice(0, 16)
        return { url, revision }
      })
      await build({
        configFile: false,
        logLevel: 'warn',
        publicDir: false,
        define: { 'self.__WB_MANIFEST': JSON.stringify(manifest), 'process.env.NODE_ENV': '"production"' },
        build: { outDir, emptyOutDir: false, target: 'es2022', lib: { entry, formats: ['es'], fileName: () => 'sw.js' } },
      })
      for (const file of [...all, join(outDir, 'sw.js')]) {
        const bytes = readFileSync(file)
        writeFileSync(`${file}.br`, brotliCompressSync(bytes))
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
      }
    },
  }
}
