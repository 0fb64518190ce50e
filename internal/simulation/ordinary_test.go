//go:build !race

package simulation

// ordinarily is how many seeds the gate simulates.
const ordinarily = 1000
