import { defineConfig } from 'vitest/config'

// The story runs its steps in order in one browser; each step has its own bounded waits.
export default defineConfig({
  // One file after another: they share a server and its clock.
  test: {
    include: ['e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    bail: 1,
  },
})
