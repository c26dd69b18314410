//! Guests that want all structures, arrays and exceptions that there can be.

/// Structures in a list that is never let go.
pub const LIST: &str = r#"(module
  (type $node (struct (field (ref null $node)) (field i64)))
  (global $all (mut (ref null $node)) (ref.null $node))
  (func (export "_start")
    (loop $more
      (global.set $all (struct.new $node (global.get $all) (i64.const 0)))
      (br $more))))"#;

/// An array of as many elements as a number can say.
pub const ARRAY: &str = r#"(module
  (type $wide (array (mut v128)))
  (func (export "_start")
    (drop (array.new_default $wide (i32.const -1)))))"#;

/// Arrays of half a heap of 64 MiB, each let go for the next.
pub const CHURN: &str = r#"(module
  (type $bytes (array (mut i8)))
  (func (export "_start")
    (loop $more
      (drop (array.new $bytes (i32.const 1) (i32.const 30000000)))
      (br $more))))"#;

/// Exceptions that carry the one before.
pub const KEPT_EXCEPTIONS: &str = r#"(module
  (tag $after (param exnref))
  (func (export "_start") (local $all exnref)
    (loop $more
      (block $one (result exnref)
        (try_table (catch_all_ref $one) (throw $after (local.get $all)))
        (unreachable))
      (local.set $all)
      (br $more))))"#;

/// Ten million exceptions, caught as references, thrown again, and let go.
pub const DROPPED_EXCEPTIONS: &str = r#"(module
  (tag $number (param i64))
  (func (export "_start") (local $count i32)
    (loop $more
      (block $again (result i64)
        (try_table (result i64) (catch $number $again)
          (block $one (result i64 exnref)
            (try_table (catch_ref $number $one) (throw $number (i64.const 7)))
            (unreachable))
          (throw_ref)))
      (drop)
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $more (i32.lt_u (local.get $count) (i32.const 10000000))))))"#;
