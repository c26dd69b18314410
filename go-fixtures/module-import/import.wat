(module
  (import "env" "foo" (func (param i32) (result i64)))
  (memory (export "memory") 1)
  (func (export "_start")))
