import { defineConfig } from 'vitest/config'

// The story runs its steps in order in one browser; each step has its own bounded waits.
export default defineConfig({
  // One file after another: they share a server and its clock.
  test: { include: ['e2e/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000, bail: 1, fileParallelism: false },
})
