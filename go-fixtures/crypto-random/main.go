// Command crypto-random draws random bytes and checks that they vary.
package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
)

func main() {
	a, b := make([]byte, 32), make([]byte, 32)
	n, err := rand.Read(a)
	fmt.Println(n, err)
	rand.Read(b)
	fmt.Println("different:", !bytes.Equal(a, b))

	large := make([]byte, 1<<20)
	rand.Read(large)
	var seen [256]int
	for _, x := range large {
		seen[x]++
	}
	even := true
	for _, n := range seen {
		even = even && n > 3400 && n < 4800
	}
	fmt.Println("evenly spread:", even)
	fmt.Println(len(rand.Text()), rand.Text() != rand.Text())
	p, err := rand.Prime(rand.Reader, 128)
	fmt.Println(p.BitLen(), p.ProbablyPrime(20), err)
	k, err := rand.Int(rand.Reader, big.NewInt(10))
	fmt.Println(k.Cmp(big.NewInt(10)) < 0, err)
	fmt.Println("seeded differently:", mathrand.Uint64() != mathrand.Uint64())
	r := mathrand.New(mathrand.NewPCG(1, 2))
	fmt.Println(r.IntN(1000), r.IntN(1000), r.Float64(), r.Perm(5))
}
