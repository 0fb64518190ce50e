import { defineConfig } from 'vite'

// Three pages, one for each address the Go handler serves (internal/console).
export default defineConfig({
  build: {
    outDir: '../internal/console/dist',
    emptyOutDir: true,
    // The content security policy allows no data: addresses and no inline script.
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
