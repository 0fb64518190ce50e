import { defineConfig } from 'vitest/config'

// The story runs its steps in order in one browser; each step has its own bounded waits.
export default defineConfig({
  // One file after another: they share a server and its clock.
  test: {
    include: ['e2e/**/*.test.ts'],
    fileParallelism: false,
    // These are for a machine that has much else to do. Whoever waits for something goes on as soon as it is there.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    bail: 1,
  },
})
