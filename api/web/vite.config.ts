// The build: hash-named, immutable assets and a service worker, all from our own address; nothing inline.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, loadEnv, type Plugin } from 'vite'
import { icons } from './icons'
import { serviceWorker } from './service_worker'
import { verifyPagePlugin } from './verify_page'

const path = (p: string) => fileURLToPath(new URL(p, import.meta.url))

// What home needs comes in three pieces: the start, what others made, and ours. Everything else comes with its screen.
const start = /\/src\/(start|design\/(tokens|base))|vite\/preload-helper/
const ours = /\/src\/(main|router|client|logic|shell|screens\/home|words\/(index|due)|design\/(act_button|app_|claim_|icon_|loaded_|places_|product_|read_|request_|state_|title_))/
const others = /\/node_modules\/(@?vue|@intlify|idb|openapi-fetch)/
const chunkOf = (id: string) => (start.test(id) ? 'start' : others.test(id) ? 'others' : ours.test(id) ? 'ours' : undefined)

/** The page names the application's pieces, so that they come together with the start and not after it. */
const piecesInPage: Plugin = {
  name: 'pioneer-pieces-in-page',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) => {
      const pieces = Object.values(bundle).filter((c) => c.type === 'chunk' && (c.name === 'ours' || c.name === 'others'))
      const styles = pieces.flatMap((c) => [...((c as { viteMetadata?: { importedCss: Set<string> } }).viteMetadata?.importedCss ?? [])])
      return [
        ...styles.map((f) => ({ tag: 'link', attrs: { rel: 'stylesheet', crossorigin: true, href: `/${f}` }, injectTo: 'head' as const })),
        ...pieces.map((c) => ({ tag: 'link', attrs: { rel: 'modulepreload', crossorigin: true, href: `/${c.fileName}` }, injectTo: 'head' as const })),
      ]
    },
  },
}

export default defineConfig(({ mode }) => {
  const env = loadEnv(mode, path('.'), 'PIONEER_')
  const server = env.PIONEER_SERVER ?? 'http://127.0.0.1:8080'
  return {
    root: path('.'),
    resolve: { alias: { '@': path('./src') } },
    define: {
      __VUE_OPTIONS_API__: 'true', // Vant's components need it
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_I18N_LEGACY_API__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __INTLIFY_DROP_MESSAGE_COMPILER__: 'true', // ours need none (src/words)
    },
    plugins: [vue(), piecesInPage, verifyPagePlugin, icons(path('./public'), path('../../build/web')), serviceWorker(path('./src/sw.ts'), path('../../build/web'))],
    build: {
      outDir: path('../../build/web'),
      emptyOutDir: true,
      assetsInlineLimit: 0, // the CSP takes no data: addresses
      modulePreload: { polyfill: false },
      rollupOptions: { output: { manualChunks: chunkOf } },
      target: 'es2022',
    },
    server: {
      host: '127.0.0.1',
      proxy: {
        '/api': {
          target: server,
          changeOrigin: true,
          // For development without a session: a cookie `dev_token` becomes the bearer token.
          configure: (proxy) =>
            proxy.on('proxyReq', (out, request) => {
              const token = /(?:^|;\s*)dev_token=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]
              if (token) out.setHeader('Authorization', `Bearer ${token}`)
              out.removeHeader('Origin')
            }),
        },
      },
    },
  }
})
