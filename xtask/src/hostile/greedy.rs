//! Modules that want as much as a module can: each is made here, none is kept.

use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements,
    EntityType, ExportKind, ExportSection, Function, FunctionSection, HeapType, ImportSection,
    Instruction as I, MemorySection, MemoryType, Module, RefType, TableSection, TableType,
    TypeSection, ValType,
};

/// Bytes that a function body may have.
pub const BODY_BYTES: usize = 7_654_321;

/// A module of one exported function `_start` without parameters; `body` is what
/// it does, `locals` its variables of type i64.
pub fn command(locals: u32, body: impl FnOnce(&mut Function)) -> Vec<u8> {
    let mut start = Function::new([(locals, ValType::I64)]);
    body(&mut start);
    start.instruction(&I::End);
    commands(vec![start])
}

/// A module of functions without parameters; the first is `_start`. It has a
/// memory of one page and a table with the first function in it.
pub fn commands(functions: Vec<Function>) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut defined = FunctionSection::new();
    let mut code = CodeSection::new();
    for function in &functions {
        defined.function(0);
        code.function(function);
    }
    module.section(&defined);
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        table64: false,
        minimum: 1,
        maximum: None,
        shared: false,
    });
    module.section(&tables);
    module.section(&one_page());
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, 0);
    exports.export("memory", ExportKind::Memory, 0);
    module.section(&exports);
    let mut elements = ElementSection::new();
    elements.active(
        None,
        &ConstExpr::i32_const(0),
        Elements::Functions([0].as_slice().into()),
    );
    module.section(&elements);
    module.section(&code);
    module.finish()
}

/// `count` functions that do nothing, each called by the first.
pub fn functions(count: u32) -> Vec<u8> {
    let mut start = Function::new([]);
    for callee in 1..count {
        start.instruction(&I::Call(callee));
    }
    start.instruction(&I::End);
    let mut all = vec![start];
    for _ in 1..count {
        let mut one = Function::new([]);
        one.instruction(&I::End);
        all.push(one);
    }
    commands(all)
}

/// A table of as many targets as there may be, so often.
pub fn tables_of_targets(times: usize) -> Vec<u8> {
    let targets = vec![0u32; 65_520];
    command(0, |body| {
        for _ in 0..times {
            body.instruction(&I::Block(BlockType::Empty));
            body.instruction(&I::I32Const(3));
            body.instruction(&I::BrTable(targets.as_slice().into(), 0));
            body.instruction(&I::End);
        }
    })
}

/// Blocks in blocks, until the body is full.
pub fn nested(bytes: usize) -> Vec<u8> {
    let depth = bytes / 3;
    command(0, |body| {
        for _ in 0..depth {
            body.instruction(&I::Block(BlockType::Empty));
        }
        for _ in 0..depth {
            body.instruction(&I::End);
        }
    })
}

/// Additions without a branch, until the body is full.
pub fn straight(bytes: usize) -> Vec<u8> {
    command(1, |body| {
        for _ in 0..bytes / 7 {
            body.instruction(&I::LocalGet(0));
            body.instruction(&I::I64Const(1));
            body.instruction(&I::I64Add);
            body.instruction(&I::LocalSet(0));
        }
    })
}

/// Constants that are all left on the stack until the end.
pub fn heaped(count: usize) -> Vec<u8> {
    command(0, |body| {
        for number in 0..count {
            body.instruction(&I::I32Const(number as i32 % 60));
        }
        for _ in 0..count {
            body.instruction(&I::Drop);
        }
    })
}

/// A loop around what `body` does; `depth` 0 is the loop.
pub fn forever(body: impl FnOnce(&mut Function)) -> Vec<u8> {
    command(0, |start| {
        start.instruction(&I::Loop(BlockType::Empty));
        body(start);
        start.instruction(&I::Br(0));
        start.instruction(&I::End);
    })
}

/// Grows its memory page by page until it cannot, and fills each page if
/// `touch`; then it traps.
pub fn grow_memory(touch: bool) -> Vec<u8> {
    forever(|body| {
        body.instruction(&I::I32Const(1));
        body.instruction(&I::MemoryGrow(0));
        body.instruction(&I::I32Const(-1));
        body.instruction(&I::I32Eq);
        body.instruction(&I::If(BlockType::Empty));
        body.instruction(&I::Unreachable);
        body.instruction(&I::End);
        if touch {
            body.instruction(&I::MemorySize(0));
            body.instruction(&I::I32Const(1));
            body.instruction(&I::I32Sub);
            body.instruction(&I::I32Const(16));
            body.instruction(&I::I32Shl);
            body.instruction(&I::I32Const(7));
            body.instruction(&I::I32Const(1 << 16));
            body.instruction(&I::MemoryFill(0));
        }
    })
}

/// Grows its table by `step` until it cannot; then it traps.
pub fn grow_table(step: i32) -> Vec<u8> {
    forever(|body| {
        body.instruction(&I::RefNull(HeapType::FUNC));
        body.instruction(&I::I32Const(step));
        body.instruction(&I::TableGrow(0));
        body.instruction(&I::I32Const(-1));
        body.instruction(&I::I32Eq);
        body.instruction(&I::If(BlockType::Empty));
        body.instruction(&I::Unreachable);
        body.instruction(&I::End);
    })
}

/// Calls itself, with `locals` in each frame.
pub fn recursion(locals: u32, indirect: bool) -> Vec<u8> {
    command(locals, |body| match indirect {
        true => {
            body.instruction(&I::I32Const(0));
            body.instruction(&I::CallIndirect {
                type_index: 0,
                table_index: 0,
            });
        }
        false => {
            body.instruction(&I::Call(0));
        }
    })
}

/// Imports that nobody provides.
pub fn imports(count: u32) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut imports = ImportSection::new();
    for number in 0..count {
        imports.import("nobody", &format!("f{number}"), EntityType::Function(0));
    }
    module.section(&imports);
    module.finish()
}

/// One memory of one page.
fn one_page() -> MemorySection {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    memories
}

/// Segments of data of one byte, all at the same place.
pub fn data_segments(count: u32) -> Vec<u8> {
    let mut module = Module::new();
    module.section(&one_page());
    let mut data = DataSection::new();
    for number in 0..count {
        data.active(0, &ConstExpr::i32_const(number as i32 % 60), [7]);
    }
    module.section(&data);
    module.finish()
}

/// Types that are all different.
pub fn types(count: u32) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    let all = [ValType::I32, ValType::I64, ValType::F32, ValType::F64];
    for number in 0..count {
        let params = (0..9).map(|digit| all[(number >> (2 * digit)) as usize & 3]);
        types.ty().function(params, []);
    }
    module.section(&types);
    module.finish()
}

/// A section without a meaning.
pub fn custom(bytes: usize) -> Vec<u8> {
    let data = vec![b'x'; bytes];
    let mut module = Module::new();
    module.section(&CustomSection {
        name: "name".into(),
        data: data.as_slice().into(),
    });
    module.finish()
}

/// A section that claims to have four thousand million functions.
pub fn liar() -> Vec<u8> {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    bytes.extend([3, 6, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]);
    bytes
}

/// Writes one line again and again.
pub const FLOOD: &str = r#"(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\06\00\00\00flood\n")
  (func (export "_start")
    (loop (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
      (br 0))))"#;

/// Calls for ever, never deep.
pub const FOREVER_CALLS: &str = r#"(module
  (func $nothing)
  (func (export "_start") (loop (call $nothing) (br 0))))"#;

/// A text of nothing but parentheses.
pub fn parentheses(count: usize) -> String {
    format!(
        "(module (func {}{}))",
        "(block ".repeat(count),
        ")".repeat(count)
    )
}

/// Tables that are as large as one may be from the start, in text.
pub fn tables(count: usize) -> String {
    let tables = "(table 10000000 funcref)".repeat(count);
    format!("(module {tables} (memory (export \"memory\") 1) (func (export \"_start\")))")
}

/// Memories of 2 MiB, all of them filled, in text.
pub fn memories(count: usize) -> String {
    let memories = "(memory 32)".repeat(count);
    let fill =
        |memory| format!("(memory.fill {memory} (i32.const 0) (i32.const 7) (i32.const 0x200000))");
    let fills: String = (0..count).map(fill).collect();
    format!("(module {memories} (func (export \"_start\") {fills}))")
}
