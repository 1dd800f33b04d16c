// Makes phone.js, the part of Quasar that the customer's pages use: npm install quasar@<version> esbuild && node build.mjs
import esbuild from 'esbuild'
import fs from 'node:fs'
import path from 'node:path'

const WANTED = ['QLayout', 'QPageContainer', 'QPage', 'QBtn', 'QIcon', 'QDialog', 'QCard', 'QCardSection', 'QCardActions',
  'QInput', 'QCheckbox', 'QRadio', 'QOptionGroup', 'QToggle', 'QSpinner', 'QLinearProgress', 'QUploader']

const root = path.resolve('node_modules/quasar')
const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'))
const place = {}
for (const file of fs.readdirSync(path.join(root, 'src/components'), { recursive: true })) place[path.basename(file, '.js')] = file

const entry = `
import installQuasar from 'quasar/src/install-quasar.js'
import Lang from 'quasar/src/plugins/lang/Lang.js'
import IconSet from 'quasar/src/plugins/icon-set/IconSet.js'
import Notify from 'quasar/src/plugins/notify/Notify.js'
import Dark from 'quasar/src/plugins/dark/Dark.js'
import Ripple from 'quasar/src/directives/ripple/Ripple.js'
import ClosePopup from 'quasar/src/directives/close-popup/ClosePopup.js'
${WANTED.map((name) => `import ${name} from 'quasar/src/components/${place[name]}'`).join('\n')}
const components = { ${WANTED.join(', ')} }, directives = { Ripple, ClosePopup }, plugins = { Notify, Dark }
window.Quasar = {
  version: '${version}', lang: Lang, Lang, iconSet: IconSet, IconSet, ...components, ...directives, ...plugins,
  install (app, options) { installQuasar(app, { components, directives, plugins, ...options }) }
}`

const vueOfThePage = { name: 'vue', setup (build) {
  build.onResolve({ filter: /^vue$/ }, () => ({ path: 'vue', namespace: 'page' }))
  build.onLoad({ filter: /.*/, namespace: 'page' }, () => ({ contents: 'module.exports = window.Vue', loader: 'js' }))
} }

await esbuild.build({
  stdin: { contents: entry, resolveDir: '.' }, bundle: true, minify: true, format: 'iife', target: 'es2020', outfile: 'phone.js',
  plugins: [vueOfThePage], legalComments: 'none', logLevel: 'warning',
  banner: { js: `/*! Part of Quasar Framework v${version}, (c) 2015-present Razvan Stoenescu, MIT License */` },
  define: { __QUASAR_VERSION__: `"${version}"`, __QUASAR_SSR__: 'false', __QUASAR_SSR_SERVER__: 'false', __QUASAR_SSR_CLIENT__: 'false',
    __QUASAR_SSR_PWA__: 'false', 'process.env.NODE_ENV': '"production"' },
})
