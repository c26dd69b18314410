//! What fuel counts: the guest's operators, exactly and in every mode the same, at
//! whatever a run ends with. A block's `end` counts where it is reached, not where a
//! branch leads behind it.

mod common;

use common::configs;
use fossor_interpreter::{Engine, Extern, Module, Store, Val};

const FUEL: u64 = 1_000_000;

/// Calls `f` with each argument in every mode; after each, the fuel that was used and
/// the first line of the error, if any, are these.
fn uses(text: &str, calls: &[(i32, u64, Option<&str>)]) {
    let bytes = wat::parse_str(text).expect("well-formed");
    let mut modes = 0;
    for (mode, config) in configs().into_iter().filter(|(_, config)| config.fuel) {
        let engine = Engine::new(config);
        let module = Module::new(&engine, bytes.clone()).expect("valid");
        let mut store = Store::new(&engine, Box::new(()));
        let instance = store.instantiate(&module, &[]).expect("instantiates");
        let Some(Extern::Func(f)) = store.export(instance, "f") else {
            panic!("no f")
        };
        for &(argument, expected, error) in calls {
            store.set_fuel(FUEL);
            let end = store.call(f, &[Val::I32(argument)]);
            let end = end.err().map(|error| error.to_string());
            let end = end.as_deref().and_then(|text| text.lines().next());
            assert_eq!(end, error, "{argument}, {mode}");
            assert_eq!(FUEL - store.fuel(), expected, "{argument}, {mode}");
            if error.is_none() {
                // One less does not suffice, and as much does.
                store.set_fuel(expected - 1);
                let short = store.call(f, &[Val::I32(argument)]).unwrap_err();
                assert!(short.to_string().starts_with("out of fuel"), "{mode}");
                assert_eq!(store.fuel(), 0, "{argument}, {mode}");
                store.set_fuel(expected);
                assert!(store.call(f, &[Val::I32(argument)]).is_ok(), "{mode}");
                assert_eq!(store.fuel(), 0, "{argument}, {mode}");
            }
        }
        modes += 1;
    }
    assert!(modes >= 2);
}

#[test]
fn calls() {
    let fib = r#"(module (func $fib (export "f") (param i32) (result i32)
      (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))  ;; 4
        (then (local.get 0))                                  ;; 1, the else, an end
        (else (i32.add                                        ;; 1, and two ends
          (call $fib (i32.sub (local.get 0) (i32.const 1)))   ;; 4
          (call $fib (i32.sub (local.get 0) (i32.const 2))))))))"#; // 4
    fn operators(n: i32) -> u64 {
        match n {
            0 | 1 => 7,
            _ => 15 + operators(n - 1) + operators(n - 2),
        }
    }
    uses(fib, &[(1, 7, None), (10, operators(10), None)]);
}

#[test]
fn paths_of_different_length_meet() {
    uses(
        r#"(module (func (export "f") (param i32) (result i32) (local i32)
          (if (i32.eqz (local.get 0))            ;; 3
            (then (local.set 1 (i32.const 7)))   ;; 2
            (else
              (block $out                        ;; 1
                (br_if $out                      ;; 1
                  (i32.lt_s (local.get 0) (i32.const 5)))  ;; 3
                (local.set 1 (i32.const 8))      ;; 2
                (br_table $out $out (local.get 0))))) ;; 2
          (local.get 1)))                        ;; 1, and up to two ends"#,
        &[(0, 8, None), (1, 11, None), (9, 15, None)],
    );
}

#[test]
fn traps_pay_for_their_run() {
    // Up to the next label, branch or call.
    let division = r#"(module (func (export "f") (param i32) (result i32)
      (nop)
      (i32.div_u (i32.const 1) (local.get 0)) (drop)
      (i32.const 3)))"#;
    uses(
        division,
        &[(1, 7, None), (0, 7, Some("integer divide by zero"))],
    );
    let unreachable = r#"(module (func (export "f") (param i32)
      (block $out
        (br_if $out (local.get 0))
        (nop)
        (unreachable)
        (nop))
      (nop) (nop)))"#;
    uses(unreachable, &[(1, 6, None), (0, 5, Some("unreachable"))]);
}

#[test]
fn what_throws_has_paid() {
    let text = r#"(module
      (tag $t (param i32))
      (func $deep (param i32)
        (nop)                                              ;; 1
        (if (local.get 0)                                  ;; 2
          (then (nop) (throw $t (local.get 0))))           ;; 3
        (nop))                                             ;; 1, and an end
      (func (export "f") (param i32) (result i32)
        (nop)                                              ;; 1
        (block $caught (result i32)                        ;; 1
          (try_table (catch $t $caught)                    ;; 1
            (nop)                                          ;; 1
            (call $deep (local.get 0))                     ;; 2
            (nop) (nop) (nop))                             ;; 3, and an end
          (i32.const 5))                                   ;; 1, and an end
        (nop) (nop)))                                      ;; 2, and an end"#;
    // Both: 6 in f before the call, 3 in $deep. Then thrown: 3, and 3 at the label.
    uses(text, &[(1, 6 + 6 + 3, None), (0, 6 + 5 + 9, None)]);
}

#[test]
fn a_clause_that_leads_to_a_loop() {
    let text = r#"(module
      (tag $t (param i32))
      (func (export "f") (param i32)
        (local.get 0)                                      ;; 1
        (loop $again (param i32)                           ;; 1
          (local.set 0)                                    ;; 1
          (if (i32.eqz (local.get 0)) (then (return)))     ;; 3, and perhaps 1
          (nop)                                            ;; 1
          (try_table (catch $t $again)                     ;; 1
            (throw $t (i32.sub (local.get 0) (i32.const 1)))))))  ;; 4"#;
    let round = 4 + 2 + 4;
    uses(
        text,
        &[
            (0, 2 + 5, None),
            (1, 2 + round + 5, None),
            (9, 2 + 9 * round + 5, None),
        ],
    );
}

#[test]
fn thrown_again_and_not_caught() {
    let text = r#"(module
      (tag $t)
      (func (export "f") (param i32)
        (block $caught (result exnref)                     ;; 1
          (try_table (catch_all_ref $caught)               ;; 1
            (nop)                                          ;; 1
            (throw $t))                                    ;; 1
          (unreachable))
        (if (param exnref) (local.get 0)                   ;; 2
          (then (nop) (throw_ref))                         ;; 2
          (else (nop) (drop) (nop)))                       ;; 3, and an end
        (throw_ref (ref.null exn))))                       ;; 2"#;
    uses(
        text,
        &[
            (1, 8, Some("uncaught exception")),
            (0, 12, Some("null exception reference")),
        ],
    );
}

#[test]
fn branches_on_references() {
    let text = r#"(module
      (type $s (struct (field i32)))
      (func (export "f") (param i32) (result i32) (local anyref)
        (if (i32.and (local.get 0) (i32.const 1))          ;; 4
          (then (local.set 1 (ref.i31 (i32.const 6)))))    ;; 3, or nothing
        (if (i32.and (local.get 0) (i32.const 2))          ;; 4
          (then (local.set 1 (struct.new $s (i32.const 8))))) ;; 3, or nothing
        (block $null                                       ;; 1
          (block $struct (result (ref $s))                 ;; 1
            (local.get 1)                                  ;; 1
            (br_on_null $null)                             ;; 1
            (nop)                                          ;; 1
            (br_on_cast $struct (ref any) (ref $s))        ;; 1
            (nop) (drop)                                   ;; 2
            (return (i32.const 1)))                        ;; 2
          (return (struct.get $s 0)))                      ;; 2
        (block $some (result (ref any))                    ;; 1
          (br_on_non_null $some (local.get 1))             ;; 2
          (nop)                                            ;; 1
          (return (i32.const 3)))                          ;; 2
        (drop) (i32.const 4)))"#;
    uses(
        text,
        &[
            (0, 8 + 4 + 6, None),
            (1, 12 + 10, None),
            (2, 12 + 6 + 2, None),
        ],
    );
}

#[test]
fn lengths_are_paid_for() {
    let text = r#"(module (memory 1) (table 4096 funcref) (type $bytes (array (mut i8)))
      (data $some "0123456789012345678901234567890123456789012345678901234567890123456789")
      (elem $none funcref (ref.null func))
      (func (export "f") (param i32) (result i32) (local (ref null $bytes))
        (memory.fill (i32.const 0) (i32.const 1) (local.get 0))                   ;; 4
        (memory.copy (i32.const 0) (i32.const 1) (local.get 0))                   ;; 4
        (memory.init $some (i32.const 0) (i32.const 0) (i32.const 64))            ;; 4 and 1
        (table.fill (i32.const 0) (ref.null func) (local.get 0))                  ;; 4
        (table.copy (i32.const 0) (i32.const 1) (local.get 0))                    ;; 4
        (table.init $none (i32.const 0) (i32.const 0) (i32.const 1))              ;; 4
        (local.set 1 (array.new $bytes (i32.const 1) (local.get 0)))              ;; 4
        (drop (array.new_default $bytes (local.get 0)))                           ;; 3
        (drop (array.new_data $bytes $some (i32.const 0) (i32.const 64)))         ;; 4 and 8
        (array.fill $bytes (local.get 1) (i32.const 0) (i32.const 2) (local.get 0)) ;; 5
        (array.copy $bytes $bytes (local.get 1) (i32.const 0) (local.get 1) (i32.const 0)
          (local.get 0))                                                          ;; 6
        (i32.const 0)))                                                           ;; 2"#;
    let price = |bytes: u64, elements: u64| bytes / 64 + elements / 8;
    let whole = |n: u64| 48 + 1 + 8 + 2 * price(n, 0) + 6 * price(0, n);
    uses(
        text,
        &[
            (0, whole(0), None),
            (100, whole(100), None),
            (4095, whole(4095), None),
            // The table is too small; what traps pays for its run, up to the next length.
            (
                5000,
                20 + 1 + 2 * price(5000, 0) + price(0, 5000),
                Some("out of bounds table access"),
            ),
            // The fuel is too little for 4 GiB, which there are not.
            (-1, FUEL, Some("out of fuel")),
        ],
    );
    let wide = r#"(module (memory i64 1)
      (func (export "f") (param i32)
        (memory.fill (i64.const 0) (i32.const 1)
          (i64.shl (i64.const 1) (i64.extend_i32_u (local.get 0))))
        (memory.copy (i64.const 0) (i64.const 0) (i64.const 128))))"#;
    uses(
        wide,
        &[
            (10, 7 + 16 + 4 + 2 + 1, None),
            (63, FUEL, Some("out of fuel")),
        ],
    );
}
