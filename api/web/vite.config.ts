// The build: hash-named, immutable assets and a service worker, all from our own address; nothing inline.
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig, loadEnv } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'

const path = (p: string) => fileURLToPath(new URL(p, import.meta.url))

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
    plugins: [
      vue(),
      VitePWA({
        strategies: 'injectManifest',
        srcDir: 'src',
        filename: 'sw.ts',
        injectRegister: false,
        manifest: {
          name: '先锋 Pioneer',
          short_name: '先锋',
          description: '求助、帮忙、看得见结果。Ask for help, offer help, see what became of it.',
          lang: 'zh-CN',
          start_url: '/',
          display: 'standalone',
          background_color: '#F7F5F2',
          theme_color: '#F7F5F2',
          icons: [
            { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
            { src: '/icon-maskable.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
          ],
        },
        injectManifest: { globPatterns: ['**/*.{js,css,html,svg,json}'], maximumFileSizeToCacheInBytes: 1 << 20 },
      }),
    ],
    build: {
      outDir: path('../../build/web'),
      emptyOutDir: true,
      assetsInlineLimit: 0, // the CSP takes no data: addresses
      modulePreload: { polyfill: false },
      cssCodeSplit: true,
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
