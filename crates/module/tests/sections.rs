//! Every kind of section, from the text format to `Module`.

use std::ops::Range;

use fossor_module::*;

fn decode(wat: &str) -> Module {
    let bytes = wat::parse_str(wat).unwrap();
    let module = Module::decode(bytes, &DecodeOptions::default()).unwrap();
    module.validate_bodies().unwrap();
    module
}

fn limits(min: u64, max: Option<u64>) -> Limits {
    Limits { min, max }
}

fn active(index: u32, offset: ConstExpr) -> SegmentMode {
    SegmentMode::Active { index, offset }
}

#[test]
fn module_can_be_shared_by_threads() {
    fn check<T: Send + Sync + 'static>() {}
    check::<Module>();
    check::<DecodeError>();
}

#[test]
fn empty() {
    let module = decode("(module)");
    assert_eq!(&*module.bytes, b"\0asm\x01\0\0\0");
    assert!(module.types.is_empty() && module.funcs.is_empty() && module.bodies.is_empty());
    assert_eq!(module.start, None);
    assert_eq!(module.func_name(0), None);
}

#[test]
fn types() {
    let module = decode(
        "(module
            (type (func))
            (type (func (param i32 i64 f32 f64 v128 funcref externref)))
            (type (func (param i32) (result i64 externref))))",
    );
    let signatures = module.types.iter().filter_map(SubType::as_func);
    let printed: Vec<String> = signatures.map(FuncType::to_string).collect();
    assert_eq!(
        printed,
        [
            "() -> ()",
            "(i32, i64, f32, f64, v128, funcref, externref) -> ()",
            "(i32) -> (i64, externref)",
        ]
    );
}

#[test]
fn imports_come_first_in_every_index_space() {
    let module = decode(
        r#"(module
            (type $t (func (param i32)))
            (import "a" "func" (func (type $t)))
            (import "a" "table" (table 1 2 externref))
            (import "a" "memory" (memory 3))
            (import "b" "global" (global (mut i64)))
            (func)
            (table 4 funcref)
            (memory 5 6)
            (global f32 (f32.const 1)))"#,
    );
    let table = TableType {
        element: RefType::EXTERNREF,
        limits: limits(1, Some(2)),
        index64: false,
    };
    let memory = MemoryType::new(limits(3, None));
    let global = GlobalType {
        value: ValType::I64,
        mutable: true,
    };
    let types: Vec<ImportType> = module.imports.iter().map(|import| import.ty).collect();
    assert_eq!(
        types,
        [
            ImportType::Func(0),
            ImportType::Table(table),
            ImportType::Memory(memory),
            ImportType::Global(global),
        ]
    );
    assert_eq!(&*module.imports[3].module, "b");
    assert_eq!(&*module.imports[3].name, "global");

    assert_eq!((module.imported_funcs, &*module.funcs), (1, &[0, 1][..]));
    assert_eq!(module.func_type(0).params(), [ValType::I32]);
    assert_eq!(module.func_type(1).params(), []);
    assert_eq!((module.imported_tables, module.tables.len()), (1, 2));
    assert_eq!(
        module.tables[0],
        Table {
            ty: table,
            init: None
        }
    );
    assert_eq!(module.tables[1].ty.limits, limits(4, None));
    assert_eq!((module.imported_memories, module.memories.len()), (1, 2));
    assert_eq!(module.memories[1].limits, limits(5, Some(6)));
    assert_eq!((module.imported_globals, module.globals.len()), (1, 2));
    assert_eq!(module.globals[0].init, None);
    assert_eq!(module.globals[1].init, Some(ConstExpr::F32(0x3f80_0000)));
    assert!(!module.globals[1].ty.mutable);
}

#[test]
fn duplicate_imports_are_kept() {
    // As in every Go program that imports `fmt`.
    let module = decode(
        r#"(module
            (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
            (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32))))"#,
    );
    let names: Vec<&str> = module.imports.iter().map(|import| &*import.name).collect();
    assert_eq!(names, ["fd_write", "sched_yield", "fd_write"]);
    assert_eq!(module.imported_funcs, 3);
}

#[test]
fn exports_and_start() {
    let module = decode(
        r#"(module
            (func) (func $start) (table 1 funcref) (memory 1) (global i32 (i32.const 0))
            (export "f" (func 1)) (export "g" (func 1))
            (export "t" (table 0)) (export "m" (memory 0)) (export "" (global 0))
            (start $start))"#,
    );
    let find = |name| {
        module
            .export(name)
            .map(|export| (export.kind, export.index))
    };
    assert_eq!(find("f"), Some((ExternKind::Func, 1)));
    assert_eq!(find("g"), Some((ExternKind::Func, 1)));
    assert_eq!(find("t"), Some((ExternKind::Table, 0)));
    assert_eq!(find("m"), Some((ExternKind::Memory, 0)));
    assert_eq!(find(""), Some((ExternKind::Global, 0)));
    assert_eq!(find("nothing"), None);
    assert_eq!(module.exports.len(), 5);
    assert_eq!(module.start, Some(1));
}

#[test]
fn elements() {
    let module = decode(
        r#"(module
            (import "a" "offset" (global i32))
            (import "a" "ref" (global funcref))
            (func $f) (func $g)
            (table $t 10 funcref) (table $u 10 externref)
            (elem (table $t) (i32.const 3) func $g $f $g)
            (elem (table $t) (global.get 0) funcref (ref.func $f) (ref.null func) (global.get 1))
            (elem func $f)
            (elem declare func $g)
            (elem (table $u) (i32.const 0) externref (ref.null extern)))"#,
    );
    let funcs = |funcs: &[u32]| ElementItems::Funcs(funcs.to_vec());
    let segment = |ty, items, mode| ElementSegment { ty, items, mode };
    let exprs = ElementItems::Exprs(vec![
        ConstExpr::RefFunc(0),
        ConstExpr::RefNull,
        ConstExpr::GlobalGet(1),
    ]);
    let null = ElementItems::Exprs(vec![ConstExpr::RefNull]);
    assert_eq!(exprs.len(), 3);
    assert_eq!(
        module.elements,
        [
            segment(
                RefType::FUNCREF,
                funcs(&[1, 0, 1]),
                active(0, ConstExpr::I32(3))
            ),
            segment(RefType::FUNCREF, exprs, active(0, ConstExpr::GlobalGet(0))),
            segment(RefType::FUNCREF, funcs(&[0]), SegmentMode::Passive),
            segment(RefType::FUNCREF, funcs(&[1]), SegmentMode::Declared),
            segment(RefType::EXTERNREF, null, active(1, ConstExpr::I32(0))),
        ]
    );
}

/// Modes and contents of the data segments.
fn data(module: &Module) -> Vec<(SegmentMode, &[u8])> {
    let contents = |range: Range<u32>| &module.bytes[range.start as usize..range.end as usize];
    let segments = module.data.iter();
    segments
        .map(|segment| (segment.mode, contents(segment.bytes)))
        .collect()
}

#[test]
fn data_plain() {
    let module = decode(
        r#"(module (memory 1)
            (data (i32.const 8) "Go") (data (i32.const -1) "") (data (i32.const 65536) "\00\ff"))"#,
    );
    assert_eq!(
        data(&module),
        [
            (active(0, ConstExpr::I32(8)), &b"Go"[..]),
            (active(0, ConstExpr::I32(-1)), b""),
            (active(0, ConstExpr::I32(65536)), b"\x00\xff"),
        ]
    );
}

#[test]
fn data_of_every_form() {
    // A plain segment before the others, which is then read twice.
    let module = decode(
        r#"(module (import "a" "offset" (global i32)) (memory 1) (memory 1)
            (data (i32.const 8) "Go")
            (data "passive")
            (data (memory 1) (i32.const 9) "second memory")
            (data (global.get 0) "global")
            (data (i32.add (global.get 0) (i32.const 4)) "extended"))"#,
    );
    let sum = ConstExpr::Extended(Box::new(ConstOps(vec![
        ConstOp::Push(ConstExpr::GlobalGet(0)),
        ConstOp::Push(ConstExpr::I32(4)),
        ConstOp::I32Add,
    ])));
    assert_eq!(
        data(&module),
        [
            (active(0, ConstExpr::I32(8)), &b"Go"[..]),
            (SegmentMode::Passive, b"passive"),
            (active(1, ConstExpr::I32(9)), b"second memory"),
            (active(0, ConstExpr::GlobalGet(0)), b"global"),
            (active(0, sum), b"extended"),
        ]
    );
}

#[test]
fn bodies() {
    let module = decode(
        r#"(module
            (import "a" "f" (func))
            (func (result i32) (local i64 i64) i32.const 7)
            (func (param i32) local.get 0 drop))"#,
    );
    assert_eq!(module.bodies.len(), 2);
    let body = module.body(0);
    assert_eq!(body.as_bytes(), [1, 2, 0x7e, 0x41, 7, 0x0b]);
    assert_eq!(body.range().start, u64::from(module.bodies[0].start));
    let func = module.func_to_validate(1);
    assert_eq!((func.index, func.ty), (2, 2));
    let mut validator = func.into_validator(Default::default());
    validator.validate(&module.body(1)).unwrap();
}

#[test]
fn names_and_other_custom_sections() {
    let module = decode(
        r#"(module $m
            (@custom "producers" "bytes")
            (import "a" "f" (func $imported))
            (func $main.main) (func) (func $last))"#,
    );
    assert_eq!(module.func_name(0), Some("imported"));
    assert_eq!(module.func_name(1), Some("main.main"));
    assert_eq!(module.func_name(2), None);
    assert_eq!(module.func_name(3), Some("last"));
    assert_eq!(module.func_name(4), None);

    let producers = &module.customs[0];
    assert_eq!(&*producers.name, "producers");
    let range = producers.bytes.start as usize..producers.bytes.end as usize;
    assert_eq!(&module.bytes[range], b"bytes");
}

#[test]
fn damaged_names_are_read_as_far_as_possible() {
    // Function names for 0 ("ok"), a million (no such function), 2 (not UTF-8).
    let names = b"\x01\x0f\x04\x00\x02ok\xc0\x84\x3d\x01x\xc1\x84\x3d\x01\xff";
    let escaped: String = names.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let module = decode(&format!(
        r#"(module (func) (func) (@custom "name" "{escaped}"))"#
    ));
    assert_eq!(module.func_name(0), Some("ok"));
    assert_eq!(module.func_name(1), None);
    assert_eq!(module.func_name(1_000_000), None);

    for garbage in [
        "",
        "\\ff",
        "\\01\\ff\\ff\\ff\\ff\\0f",
        "\\01\\05\\ff\\ff\\ff\\ff\\0f",
    ] {
        let module = decode(&format!(r#"(module (func) (@custom "name" "{garbage}"))"#));
        assert_eq!(module.func_name(0), None, "{garbage}");
    }
}
