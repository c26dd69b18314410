// Command floats formats, parses and computes with floating point numbers.
package main

import (
	"fmt"
	"math"
	"math/cmplx"
	"strconv"
)

//go:noinline
func id[T any](x T) T { return x }

func main() {
	values := []float64{0, math.Copysign(0, -1), 1, -1.5, 0.1, 1.0 / 3, 123456789, 1e21, 1e-7, 2.5e-320, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1), math.NaN(), math.Pi}
	for _, v := range values {
		fmt.Println(v, float32(v), strconv.FormatFloat(v, 'e', 5, 64), strconv.FormatFloat(v, 'x', -1, 64))
	}
	fmt.Printf("%g %e %f %.3g %8.2f|%-8.2f|%+.1f %x\n", math.E, math.E, math.E, math.E, math.E, math.E, math.E, math.E)
	for _, s := range []string{"0.1", "1e400", "-1e-400", "0x1.8p1", "inf", "NaN", "1_000.5", "abc", "9007199254740993", "2.2250738585072011e-308"} {
		v, err := strconv.ParseFloat(s, 64)
		fmt.Println(s, v, err)
	}
	for _, v := range []float64{-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.4999, 1e300} {
		fmt.Println(v, math.Floor(v), math.Ceil(v), math.Trunc(v), math.Round(v), math.RoundToEven(v), math.Sqrt(math.Abs(v)), math.Signbit(v))
	}
	for _, v := range []float64{0.5, 1, 2, 10} {
		fmt.Printf("%.14g %.14g %.14g %.14g %.14g %.14g\n", math.Sin(v), math.Exp(v), math.Log(v), math.Pow(v, 1.7), math.Atan2(v, 3), math.Gamma(v))
	}
	fmt.Println(math.Min(id(math.NaN()), 1), math.Max(id(0.0), math.Copysign(0, -1)), math.Min(id(0.0), math.Copysign(0, -1)), math.Hypot(3, 4), math.Mod(7, -3), math.Remainder(7, 4), math.Cbrt(27))
	fmt.Println(math.FMA(id(0.1), 10, -1), math.Float64bits(id(math.NaN())) != 0, math.Float32bits(id(float32(1))), math.IsNaN(id(math.Inf(1))-math.Inf(1)))
	fmt.Println(int64(id(1e18)), int32(id(-2147483648.0)), uint64(id(1.8446744073709550e19)), uint8(id(255.9)), float32(id(16777217.0)), float64(id(int64(math.MaxInt64))), float64(id(uint64(math.MaxUint64))), float32(id(uint32(math.MaxUint32))))
	frac, exp := math.Frexp(100)
	i, f := math.Modf(-3.25)
	fmt.Println(frac, exp, i, f, math.Ldexp(0.5, 10), math.Nextafter(1, 2))
	c := complex(3, -4)
	fmt.Println(c*c, cmplx.Abs(c), cmplx.Sqrt(-1), c/complex(0, 2), real(c), fmt.Sprintf("%.2f", cmplx.Exp(1i)))
	nan := id(math.NaN())
	fmt.Println(nan == nan, nan < 1, nan > 1, nan != nan, id(0.0) == math.Copysign(0, -1))
}
