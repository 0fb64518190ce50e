//go:build race

package simulation

// ordinarily is how many seeds the gate simulates with the race detector, which makes them much slower.
const ordinarily = 50
