// Command ciphers encrypts with AES in counter mode and hashes with MD5 and
// SHA-512, all in Go's portable code. Argument: how many KiB.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/md5"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"

	"gobench/check"
)

func run(n int) uint64 {
	block, err := aes.NewCipher([]byte("a key of 32 bytes, not a secret!"))
	if err != nil {
		return 0
	}
	stream := cipher.NewCTR(block, make([]byte, aes.BlockSize))
	buffer := make([]byte, 1<<10)
	soft, hard := md5.New(), sha512.New()
	for range n {
		stream.XORKeyStream(buffer, buffer)
		soft.Write(buffer)
		hard.Write(buffer)
	}
	text := hex.EncodeToString(soft.Sum(nil)) + hex.EncodeToString(hard.Sum(nil))
	sum := md5.Sum([]byte(text))
	return binary.LittleEndian.Uint64(sum[:])
}

func main() {
	check.Main("ciphers", 1800, map[int]uint64{150: 7356789997492762530, 1800: 9501600420443831328}, run)
}
