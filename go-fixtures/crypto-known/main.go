// Command crypto-known computes hashes, ciphers and signatures whose values
// are known.
package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash/adler32"
	"hash/crc64"
	"hash/fnv"
)

func main() {
	text := []byte("The quick brown fox jumps over the lazy dog")
	fmt.Printf("md5     %x\n", md5.Sum(text))
	fmt.Printf("sha1    %x\n", sha1.Sum(text))
	fmt.Printf("sha256  %x\n", sha256.Sum256(text))
	fmt.Printf("sha512  %x\n", sha512.Sum512(text))
	h := hmac.New(sha256.New, []byte("key"))
	h.Write(text)
	fmt.Printf("hmac    %x\n", h.Sum(nil))
	f := fnv.New128a()
	f.Write(text)
	fmt.Printf("fnv     %x\n", f.Sum(nil))
	fmt.Printf("adler   %08x\n", adler32.Checksum(text))
	fmt.Printf("crc64   %016x\n", crc64.Checksum(text, crc64.MakeTable(crc64.ECMA)))

	block, err := aes.NewCipher([]byte("0123456789abcdef"))
	fmt.Println(err)
	gcm, err := cipher.NewGCM(block)
	fmt.Println(err)
	sealed := gcm.Seal(nil, make([]byte, gcm.NonceSize()), text, nil)
	fmt.Printf("aes-gcm %x\n", sealed)
	open, err := gcm.Open(nil, make([]byte, gcm.NonceSize()), sealed, nil)
	fmt.Println(string(open), err)
	sealed[0] ^= 1
	_, err = gcm.Open(nil, make([]byte, gcm.NonceSize()), sealed, nil)
	fmt.Println(err)

	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	sig := ed25519.Sign(key, text)
	fmt.Printf("ed25519 %x\n", sig)
	fmt.Println(ed25519.Verify(key.Public().(ed25519.PublicKey), text, sig))
}
