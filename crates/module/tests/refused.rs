//! Files that are refused: the kind of error, its words, and that nothing panics
//! or allocates by a number in the file.

use fossor_module::*;

fn decode(bytes: impl AsRef<[u8]>) -> Result<Module, DecodeError> {
    let module = Module::decode(bytes.as_ref(), &DecodeOptions::default())?;
    module.validate_bodies()?;
    Ok(module)
}

fn refused(bytes: impl AsRef<[u8]>) -> DecodeError {
    decode(bytes).expect_err("refused")
}

fn refused_wat(wat: &str) -> DecodeError {
    refused(wat::parse_str(wat).unwrap())
}

/// A module of sections: their numbers and contents.
fn module(sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for (id, contents) in sections {
        bytes.extend([*id, u8::try_from(contents.len()).unwrap()]);
        bytes.extend(*contents);
    }
    bytes
}

/// Something of everything.
fn sample() -> Vec<u8> {
    let wat = r#"(module $m
        (type $t (func (param i32) (result i32)))
        (import "env" "f" (func $f (type $t)))
        (import "env" "g" (global $g i32))
        (table 3 funcref)
        (memory (export "memory") 1)
        (global $h (mut i64) (i64.add (i64.const 1) (i64.const 2)))
        (export "run" (func $run))
        (start $start)
        (elem (i32.const 0) $f $run)
        (elem funcref (ref.func $f))
        (func $run (type $t) (local i64)
            block loop local.get 0 br_table 0 1 0 end end
            i32.const 0 i32.const 0 i32.const 0 memory.init 1
            local.get 0)
        (func $start)
        (data (i32.const 0) "plain")
        (data "passive"))"#;
    wat::parse_str(wat).unwrap()
}

#[test]
fn no_module_at_all() {
    let message = |bytes: &[u8]| {
        let error = refused(bytes);
        assert!(matches!(error, DecodeError::NotWasm { .. }));
        error.to_string()
    };
    assert_eq!(
        message(b""),
        "this is not a WebAssembly module: the file is empty"
    );
    assert_eq!(
        message(b"(module (func))"),
        "this is not a WebAssembly module: it begins with \"(module \" and looks like the text \
         format (.wat): convert it with `wat2wasm` or `wasm-tools parse`"
    );
    assert!(message(b"\n;; comment\n(module)").contains(".wat"));
    assert!(message(b"\x7fELF\x02\x01\x01\0\0").ends_with("build it with GOOS=wasip1 GOARCH=wasm"));
    assert!(message(b"!<arch>\n__.PKGDEF").contains("packages that are not `main`"));
    assert_eq!(
        message(b"\x89PNG\r\n\x1a\n\0\0"),
        "this is not a WebAssembly module: it begins with bytes 89 50 4e 47 0d 0a 1a 0a"
    );
    assert_eq!(
        message(b"hello"),
        "this is not a WebAssembly module: it begins with \"hello\""
    );
}

#[test]
fn component() {
    let error = refused(b"\0asm\x0d\0\x01\0");
    assert_eq!(error, DecodeError::Component);
    assert!(
        error
            .to_string()
            .starts_with("this is a component, Fossor runs core modules")
    );
}

#[test]
fn unknown_version() {
    let error = refused(b"\0asm\x02\0\0\0");
    assert!(
        matches!(error, DecodeError::Malformed { offset: 4, .. }),
        "{error}"
    );
}

#[test]
fn truncated_anywhere() {
    let bytes = sample();
    decode(&bytes).unwrap();
    let mut incomplete = 0;
    for end in 1..bytes.len() {
        match decode(&bytes[..end]) {
            Err(DecodeError::Truncated { offset, .. }) => {
                assert_eq!(offset, end as u64);
                incomplete += 1;
            }
            // Between two sections.
            Ok(_) | Err(DecodeError::Malformed { .. } | DecodeError::Invalid { .. }) => {}
            Err(other) => panic!("cut at {end}: {other}"),
        }
    }
    assert!(
        bytes.len() - incomplete < 15,
        "of {} only {incomplete}",
        bytes.len()
    );

    let code = decode(&bytes[..bytes.len() - 60]).unwrap_err();
    assert_eq!(
        code.to_string(),
        format!(
            "the module is incomplete: the file ends at byte {:#x}, inside the data section \
             (was it copied or downloaded completely?)",
            bytes.len() - 60
        )
    );
}

#[test]
fn any_byte_changed() {
    let bytes = sample();
    for at in 0..bytes.len() {
        for change in [0x01, 0x80, 0xff, 0x7f, 0x40] {
            let mut bytes = bytes.clone();
            bytes[at] ^= change;
            if let Ok(module) = decode(bytes) {
                module.func_name(0);
            }
        }
    }
}

#[test]
fn huge_counts() {
    const HUGE: &[u8] = b"\xff\xff\xff\xff\x0f";
    const MILLION: &[u8] = b"\xc0\x84\x3d";
    for id in [1, 2, 3, 4, 5, 6, 7, 9, 11] {
        let error = refused(module(&[(id, HUGE)]));
        assert!(
            matches!(error, DecodeError::TooLarge { .. }),
            "{id}: {error}"
        );
        // Within the limit if it is a million at all, but there are no bytes for it.
        let error = refused(module(&[(id, MILLION)]));
        let expected = match id {
            1 | 2 | 3 | 6 | 7 => matches!(error, DecodeError::Malformed { .. }),
            _ => matches!(error, DecodeError::TooLarge { .. }),
        };
        assert!(expected, "{id}: {error}");
    }
    // A group of a million types.
    refused(module(&[(1, b"\x02\x60\0\0\x4e\xc0\x84\x3d")]));
    // Code for as many functions as there are not.
    refused(module(&[(10, HUGE)]));
    refused(module(&[(12, HUGE)]));
    // Parameters; elements of a segment; locals.
    refused(module(&[(1, b"\x01\x60\xff\xff\xff\xff\x0f")]));
    refused(module(&[(9, b"\x01\x01\x00\xff\xff\xff\xff\x0f")]));
    let body = b"\x01\x08\x01\xff\xff\xff\xff\x0f\x7f\x0b";
    let error = refused(module(&[(1, b"\x01\x60\0\0"), (3, b"\x01\0"), (10, body)]));
    assert!(
        error.to_string().contains("in function 0: too many locals"),
        "{error}"
    );
}

#[test]
fn malformed_and_invalid_are_told_apart() {
    // A global of an unknown type; one whose value has the wrong type.
    let malformed = refused(module(&[(6, b"\x01\x01\0\x41\0\x0b")]));
    assert!(
        matches!(malformed, DecodeError::Malformed { .. }),
        "{malformed}"
    );
    let invalid = refused_wat("(module (global i32 (i64.const 0)))");
    assert!(matches!(invalid, DecodeError::Invalid { .. }), "{invalid}");
    assert_eq!(
        invalid.to_string(),
        "invalid module, at byte 0xf: type mismatch: expected i32, found i64"
    );
    assert_eq!(invalid.offset(), Some(0xf));
    let unknown = refused(module(&[(99, b"")]));
    assert!(
        matches!(unknown, DecodeError::Malformed { .. }),
        "{unknown}"
    );

    // The same for bodies.
    let sections = |body| module(&[(1, b"\x01\x60\0\0"), (3, b"\x01\0"), (10, body)]);
    let malformed = refused(sections(b"\x01\x03\0\xff\x0b"));
    assert!(
        matches!(malformed, DecodeError::Malformed { .. }),
        "{malformed}"
    );
    let invalid = refused(sections(b"\x01\x03\0\x1a\x0b"));
    assert!(matches!(invalid, DecodeError::Invalid { .. }), "{invalid}");
}

#[test]
fn error_in_a_body_names_the_function() {
    let error = refused_wat(r#"(module (import "a" "b" (func)) (func $main.main i32.add drop))"#);
    assert!(matches!(error, DecodeError::Invalid { .. }));
    let message = error.to_string();
    assert!(
        message.contains("in function 1 (main.main): type mismatch"),
        "{message}"
    );
}

#[test]
fn data_without_memory() {
    let error = refused(module(&[(11, b"\x01\0\x41\0\x0b\x01x")]));
    assert!(error.to_string().contains("unknown memory 0"), "{error}");
    let error = refused(module(&[(5, b"\x01\0\0"), (11, b"\x01\0\x41\0\x0b\x01xy")]));
    assert!(matches!(error, DecodeError::Malformed { .. }), "{error}");
}

#[test]
fn features() {
    let accepts = |wat: &str| {
        let bytes = wat::parse_str(wat).unwrap();
        let accepts = |options| {
            let module = Module::decode(&*bytes, &options);
            module.and_then(|module| module.validate_bodies()).is_ok()
        };
        [
            accepts(DecodeOptions::wasm1()),
            accepts(DecodeOptions::wasm2()),
            accepts(DecodeOptions::default()),
        ]
    };
    assert_eq!(accepts("(module (func))"), [true, true, true]);
    let sign_extension = "(module (func (param i32) local.get 0 i32.extend8_s drop))";
    assert_eq!(accepts(sign_extension), [false, true, true]);
    assert_eq!(
        accepts("(module (func (result i32 i32) unreachable))"),
        [false, true, true]
    );
    assert_eq!(accepts("(module (func (param v128)))"), [false, true, true]);
    assert_eq!(accepts("(module (table 1 externref))"), [false, true, true]);
    assert_eq!(
        accepts("(module (memory 1) (memory 1))"),
        [false, false, true]
    );
    assert_eq!(
        accepts("(module (func $f return_call $f))"),
        [false, false, true]
    );
    let extended = "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))";
    assert_eq!(accepts(extended), [false, false, true]);
    for on in [
        "(module (memory i64 1))",
        "(module (table i64 1 funcref))",
        "(module (memory 1 (pagesize 1)))",
        "(module (func (param (ref func))))",
        "(module (tag))",
        "(module (func try_table end))",
        "(module (type (struct)))",
        "(module (type (func)) (rec (type (func))))",
        "(module (func (param v128) local.get 0 i32x4.relaxed_trunc_f32x4_s drop))",
    ] {
        assert_eq!(accepts(on), [false, false, true], "{on}");
    }
    let off = "(module (memory 1 1 shared))";
    assert_eq!(accepts(off), [false, false, false], "{off}");
    let bytes = wat::parse_str("(module (tag))").unwrap();
    let error = Module::decode(bytes, &DecodeOptions::wasm2()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid module, at byte 0x10: exceptions proposal not enabled (feature exceptions)"
    );
}

#[test]
fn legacy_exceptions_are_named() {
    // (func (try (catch_all)))
    let bytes =
        b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x03\x02\x01\0\x0a\x08\x01\x06\0\x06\x40\x19\x0b\x0b";
    let module = Module::decode(&bytes[..], &DecodeOptions::default()).unwrap();
    let error = module.validate_bodies().unwrap_err().to_string();
    assert!(
        error.contains("legacy exception handling proposal"),
        "{error}"
    );
}

#[test]
fn features_that_only_the_validator_knows() {
    let options = DecodeOptions {
        features: WasmFeatures::all(),
        ..DecodeOptions::default()
    };
    let shared = wat::parse_str("(module (memory 1 1 shared))").unwrap();
    let error = Module::decode(shared, &options).unwrap_err();
    assert!(matches!(error, DecodeError::Unsupported { .. }), "{error}");
}

#[test]
fn limits() {
    let bytes = sample();
    let refuses = |change: fn(&mut ModuleLimits)| {
        let mut options = DecodeOptions::default();
        change(&mut options.limits);
        match Module::decode(&*bytes, &options) {
            Err(DecodeError::TooLarge { what, .. }) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(refuses(|limits| limits.module_bytes = 100), "bytes");
    assert_eq!(
        refuses(|limits| limits.function_bytes = 5),
        "bytes in one function body"
    );
    assert_eq!(refuses(|limits| limits.types = 1), "types");
    assert_eq!(refuses(|limits| limits.imports = 1), "imports");
    assert_eq!(refuses(|limits| limits.functions = 2), "functions");
    assert_eq!(refuses(|limits| limits.functions = 0), "functions");
    assert_eq!(refuses(|limits| limits.tables = 0), "tables");
    assert_eq!(refuses(|limits| limits.memories = 0), "memories");
    assert_eq!(refuses(|limits| limits.globals = 1), "globals");
    assert_eq!(refuses(|limits| limits.exports = 1), "exports");
    assert_eq!(
        refuses(|limits| limits.element_segments = 1),
        "element segments"
    );
    assert_eq!(
        refuses(|limits| limits.segment_elements = 1),
        "items in one element segment"
    );
    assert_eq!(refuses(|limits| limits.data_segments = 1), "data segments");

    let mut options = DecodeOptions::default();
    options.limits.types = 1;
    let error = Module::decode(&*bytes, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the module is too large: it has more than 1 types"
    );
}
