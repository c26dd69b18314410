// Command integers wraps, shifts, divides and counts bits at every width, and
// goes on with big numbers.
package main

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
)

//go:noinline
func id[T any](x T) T { return x }

func main() {
	fmt.Println(id(int8(127))+1, id(uint8(0))-1, id(int16(-32768))-1, id(int32(math.MaxInt32))+1, id(int64(math.MaxInt64))+1, id(uint32(0))-1, id(uint64(0))-1)
	fmt.Println(id(int64(math.MinInt64))/id(int64(-1)), id(int32(math.MinInt32))/id(int32(-1)), id(int64(math.MinInt64))%id(int64(-1)), -id(int8(-128)))
	fmt.Println(id(-7)/2, id(-7)%2, id(7)/-2, id(7)%-2, id(-7)>>1, uint32(id(0xfffffff9))>>1, id(-1)/2)
	for _, n := range []uint{0, 1, 31, 32, 33, 63, 64, 65, 200} {
		fmt.Println(n, id(1)<<n, id(int32(1))<<n, id(int64(-8))>>n, id(uint64(math.MaxUint64))>>n, id(int8(-128))>>n, id(uint16(0xffff))<<n)
	}
	for _, x := range []uint64{0, 1, 0x80, 0xdeadbeef, 1 << 63, math.MaxUint64, 0x0123456789abcdef} {
		fmt.Println(bits.LeadingZeros64(id(x)), bits.TrailingZeros64(id(x)), bits.OnesCount64(id(x)), bits.Len32(uint32(id(x))), bits.RotateLeft64(id(x), 13), bits.RotateLeft32(uint32(id(x)), -5), bits.Reverse64(id(x)), bits.ReverseBytes32(uint32(id(x))))
	}
	hi, lo := bits.Mul64(id(uint64(math.MaxUint64)), id(uint64(0xdeadbeefcafe)))
	q, r := bits.Div64(hi, lo, math.MaxUint64)
	s, carry := bits.Add64(lo, hi, 1)
	fmt.Println(hi, lo, q, r, s, carry)
	fmt.Println(int8(id(300)), uint8(id(-1)), int32(id(int64(1)<<40+5)), uint64(id(int8(-1))), int64(id(uint32(math.MaxUint32))), rune(id(byte(200))), id(6)&^3, id(6)^-1)
	fmt.Printf("%d %x %X %o %b %c %q %U %08d %+d %#x % d\n", 42, 255, 255, 8, 5, 'x', 'y', 0x1F600, -42, 7, 255, 9)
	for _, t := range []string{"9223372036854775807", "9223372036854775808", "-0x80", "0b101", "1_000", "12a", ""} {
		v, err := strconv.ParseInt(t, 0, 64)
		fmt.Println(v, err)
	}
	fmt.Println(strconv.FormatInt(math.MinInt64, 36), strconv.Quote("\x00\u00e9\n\U0001F600"), strconv.AppendBool(nil, true))

	f := big.NewInt(1)
	for i := int64(2); i <= 60; i++ {
		f.Mul(f, big.NewInt(i))
	}
	fmt.Println(f, f.BitLen())
	p, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	fmt.Println(p.ProbablyPrime(10), new(big.Int).Exp(big.NewInt(3), big.NewInt(200), p), new(big.Int).Sqrt(f))
	fmt.Println(big.NewRat(3, 9), new(big.Rat).Add(big.NewRat(1, 3), big.NewRat(1, 6)).FloatString(20))
	two := new(big.Float).SetPrec(200).SetInt64(2)
	fmt.Println(new(big.Float).SetPrec(200).Sqrt(two).Text('g', 50))
}
