// Command matrices multiplies and inverts square matrices of float64. Argument:
// rows.
package main

import (
	"math"

	"gobench/check"
)

type matrix [][]float64

func newMatrix(n int) matrix {
	m := make(matrix, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

func (a matrix) times(b matrix) matrix {
	c := newMatrix(len(a))
	for i, row := range a {
		for k, factor := range row {
			for j, value := range b[k] {
				c[i][j] += factor * value
			}
		}
	}
	return c
}

// inverse of a matrix, by Gauss and Jordan with pivots.
func (a matrix) inverse() matrix {
	n := len(a)
	m, inv := newMatrix(n), newMatrix(n)
	for i := range a {
		copy(m[i], a[i])
		inv[i][i] = 1
	}
	for column := range n {
		best := column
		for i := column; i < n; i++ {
			if math.Abs(m[i][column]) > math.Abs(m[best][column]) {
				best = i
			}
		}
		m[column], m[best] = m[best], m[column]
		inv[column], inv[best] = inv[best], inv[column]
		scale := 1 / m[column][column]
		for j := range n {
			m[column][j] *= scale
			inv[column][j] *= scale
		}
		for i := range n {
			factor := m[i][column]
			if i == column || factor == 0 {
				continue
			}
			for j := range n {
				m[i][j] -= factor * m[column][j]
				inv[i][j] -= factor * inv[column][j]
			}
		}
	}
	return inv
}

func run(n int) (sum uint64) {
	r := check.Random(5)
	a, b := newMatrix(n), newMatrix(n)
	for i := range n {
		for j := range n {
			a[i][j] = float64(r.Next()>>44)/65536 - 8
			b[i][j] = float64(r.Next()>>44) / 65536
		}
	}
	// The machine may fuse a multiplication and an addition where wasm may not,
	// so that the sum is of rounded values.
	identity := a.times(a.inverse())
	for i := range n {
		for j := range n {
			sum = check.Mix(sum, uint64(int64(math.Round(identity[i][j]*1e3))))
		}
	}
	for _, row := range a.times(b) {
		for _, value := range row {
			sum = check.Mix(sum, uint64(int64(math.Round(value*4))))
		}
	}
	return sum
}

func main() {
	check.Main("matrices", 190, map[int]uint64{50: 3532103966944025197, 190: 11425708299435967205}, run)
}
