import { createHash } from 'node:crypto'
import { defineConfig, type Plugin } from 'vite'

/**
 * Moves the fonts that Cloudscape carries inside its style sheet into files of their own: the content
 * security policy allows no data: addresses, and a browser then fetches only the weights that are used.
 */
function fontFiles(): Plugin {
  return {
    name: 'font-files',
    generateBundle(_, bundle) {
      for (const sheet of Object.values(bundle)) {
        if (sheet.type !== 'asset' || !sheet.fileName.endsWith('.css')) continue
        sheet.source = sheet.source.toString().replace(/data:font\/woff2;base64,([\w+/=]+)/g, (_, base64: string) => {
          const source = Buffer.from(base64, 'base64')
          const fileName = `assets/font-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.woff2`
          this.emitFile({ type: 'asset', fileName, source })
          return `/${fileName}`
        })
      }
    },
  }
}

// Three pages, one for each address the Go handler serves (internal/console).
export default defineConfig({
  plugins: [fontFiles()],
  build: {
    outDir: '../internal/console/dist',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ['index.html', 'ccp.html', 'login.html'],
      onLog(level, log, report) {
        // Cloudscape marks each of its modules for React servers, which we have none of.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') report(level, log)
      },
    },
  },
})
