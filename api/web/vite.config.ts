// The build: hash-named, immutable assets and a service worker, all from our own address; nothing inline.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, loadEnv } from 'vite'
import { serviceWorker } from './service_worker'

const path = (p: string) => fileURLToPath(new URL(p, import.meta.url))

// What home needs comes in two pieces: what others made, and ours. Everything else comes with its screen.
const ours = /\/src\/(client|logic|shell|screens\/home|words\/(index|due)|design\/(tokens|base|act_|app_|claim_|icon_|loaded_|places_|product_|read_|request_|state_|title_))/
const others = /\/node_modules\/(@?vue|@intlify|idb|openapi-fetch)/
const chunkOf = (id: string) => (others.test(id) ? 'others' : ours.test(id) ? 'ours' : undefined)

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
    },
    plugins: [vue(), serviceWorker(path('./src/sw.ts'), path('../../build/web'))],
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
