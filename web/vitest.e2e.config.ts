import { defineConfig } from 'vitest/config'

// The story runs its steps in order in one browser; each step has its own bounded waits.
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    bail: 1,
  },
})
