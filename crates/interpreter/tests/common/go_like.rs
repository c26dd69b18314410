//! Functions out of the pieces that Go's compiler emits and `translate/fuse.rs`
//! fuses, each now and then with another type, operand, offset or order, or
//! with a piece left out. The fuzz target `go_like` uses them too.

use super::differential::Random;

/// Functions of a module; each has the type that Go's have.
const FUNCTIONS: usize = 3;
/// Locals by type: the parameter, the stack pointer, then others.
const I32: [usize; 4] = [0, 1, 2, 3];
const I64: [usize; 2] = [4, 5];
const F64: usize = 6;
const CONSTANTS: [i64; 12] = [
    0,
    1,
    2,
    3,
    8,
    -8,
    -1,
    32767,
    -32769,
    65535,
    65536,
    0x7fff_ffff,
];

struct Generator {
    random: Random,
    /// Percent of what is not as Go does it.
    odd: usize,
    wat: String,
    /// Enclosing blocks, the innermost last; true: a loop.
    labels: Vec<bool>,
    /// f64 values that the innermost block has on the stack.
    kept: usize,
}

impl Generator {
    fn odd(&mut self) -> bool {
        self.random.percent(self.odd)
    }

    fn emit(&mut self, text: &str) {
        self.wat.push_str(text);
        self.wat.push('\n');
    }

    fn usually(&mut self, local: usize) -> usize {
        if self.odd() {
            self.random.pick(&I32)
        } else {
            local
        }
    }

    /// Global 0 is the stack pointer, 1 the goroutine, 2 any i32.
    fn global(&mut self, usual: usize) -> usize {
        if self.odd() {
            self.random.below(3)
        } else {
            usual
        }
    }

    fn offset(&mut self, usual: u32) -> u32 {
        if self.odd() {
            self.random.pick(&[0, 8, 65535, 65536])
        } else {
            usual
        }
    }

    fn label(&mut self, only_loops: bool) -> Option<usize> {
        let loops: Vec<_> = self.labels.iter().rev().enumerate().collect();
        let fit = loops
            .into_iter()
            .filter(|(_, is_loop)| **is_loop || !only_loops);
        let depths: Vec<_> = fit.map(|(depth, _)| depth).collect();
        (!depths.is_empty()).then(|| self.random.pick(&depths))
    }

    /// Pushes an i32.
    fn value(&mut self) {
        let (a, b) = (self.random.pick(&I32), self.random.pick(&I32));
        let wide = self.random.pick(&I64);
        let constant = self.random.pick(&CONSTANTS) as i32;
        let op = self
            .random
            .pick(&["add", "sub", "xor", "lt_s", "le_u", "eq"]);
        match self.random.below(5) {
            0 => self.emit(&format!("local.get {a}")),
            1 => self.emit(&format!("local.get {a} i32.const {constant} i32.{op}")),
            2 => self.emit(&format!("local.get {a} local.get {b} i32.{op}")),
            3 => self.emit(&format!("local.get {wide} i32.wrap_i64")),
            _ => self.emit(&format!(
                "i32.const {constant} local.get {a} i32.{op} i32.eqz"
            )),
        }
    }

    /// Ends what would go on for ever, so that the modes without fuel can run.
    fn tick(&mut self) {
        self.emit("global.get 3 i32.const 1 i32.sub global.set 3");
        self.emit("global.get 3 i32.eqz if unreachable end");
    }

    fn in_block(&mut self, open: &str, body: impl FnOnce(&mut Self)) {
        self.emit(open);
        self.labels.push(open == "loop");
        let kept = std::mem::take(&mut self.kept);
        body(self);
        self.drop_kept();
        self.kept = kept;
        self.labels.pop();
        self.emit("end");
    }

    fn drop_kept(&mut self) {
        let kept = std::mem::take(&mut self.kept);
        self.emit(&"drop ".repeat(kept));
    }

    fn move_stack_pointer(&mut self, by: i64) {
        let (from, to, global) = (self.usually(1), self.usually(1), self.global(0));
        let by = if self.odd() {
            self.random.pick(&CONSTANTS)
        } else {
            by
        };
        if self.odd() {
            let wide = self.random.pick(&I64);
            self.emit(&format!(
                "local.get {wide} i64.const {by} i64.add i32.wrap_i64"
            ));
        } else if by < 0 {
            self.emit(&format!("local.get {from} i32.const {} i32.sub", -by));
        } else {
            self.emit(&format!("local.get {from} i32.const {by} i32.add"));
        }
        if self.odd() {
            self.emit(&format!("local.tee {to} global.set {global}"));
        } else {
            let get = self.usually(to);
            self.emit(&format!(
                "local.set {to} local.get {get} global.set {global}"
            ));
        }
    }

    fn call(&mut self) {
        self.tick();
        self.move_stack_pointer(-8);
        if self.odd() {
            self.move_stack_pointer(-8);
        }
        if !self.odd() {
            let (at, offset) = (self.usually(1), self.offset(0));
            self.emit(&format!(
                "local.get {at} i64.const 0x10002 i64.store offset={offset}"
            ));
        }
        let argument = if self.odd() { self.random.below(4) } else { 0 };
        let callee = self.random.below(FUNCTIONS);
        self.emit(&format!("i32.const {argument} call $f{callee}"));
        let (result, to, global) = (self.random.pick(&I32), self.usually(1), self.global(0));
        let reload = format!("global.get {global} local.set {to}");
        match self.random.below(3) {
            0 => self.emit(&format!("local.set {result} {reload} local.get {result}")),
            1 => self.emit(&reload),
            _ => {}
        }
        match self.label(false) {
            Some(depth) if self.random.percent(80) => self.emit(&format!("br_if {depth}")),
            _ => self.in_block("if", Self::statement),
        }
    }

    fn stack_check(&mut self) {
        let (pointer, global, offset) = (self.usually(1), self.global(1), self.offset(16));
        let op = if self.odd() {
            self.random.pick(&["le_s", "lt_u", "ge_u"])
        } else {
            "le_u"
        };
        let load = format!("global.get {global} i32.load offset={offset}");
        if self.odd() {
            self.emit(&format!("{load} local.get {pointer} i32.ge_u"));
        } else {
            self.emit(&format!("local.get {pointer} {load} i32.{op}"));
        }
        match self.label(false) {
            Some(depth) if self.odd() => self.emit(&format!("br_if {depth}")),
            _ => self.in_block("if", Self::statement),
        }
    }

    fn jump(&mut self) {
        self.tick();
        let constant = self.random.pick(&CONSTANTS);
        if self.odd() {
            let wide = self.random.pick(&I64);
            self.emit(&format!("i64.const {constant} local.set {wide}"));
        } else {
            let to = self.usually(0);
            self.emit(&format!("i32.const {constant} local.set {to}"));
        }
        let only_loops = !self.odd();
        match self.label(only_loops) {
            Some(depth) if self.odd() => {
                self.value();
                self.emit(&format!("br_if {depth}"));
            }
            Some(depth) => self.emit(&format!("br {depth}")),
            None => {}
        }
    }

    fn leave(&mut self) {
        self.move_stack_pointer(8);
        if self.odd() {
            self.value();
        } else {
            self.emit("i32.const 0");
        }
        self.emit("return");
    }

    fn statement(&mut self) {
        let (local, wide) = (self.random.pick(&I32), self.random.pick(&I64));
        match self.random.below(12) {
            0..3 if self.labels.len() < 8 => self.call(),
            3 if self.labels.len() < 8 => self.stack_check(),
            4 if self.labels.len() < 8 => {
                self.value();
                self.in_block("if", Self::jump);
            }
            5 if self.labels.len() < 8 => {
                self.value();
                self.in_block("if", Self::leave);
            }
            6 => {
                self.value();
                self.emit(&format!("local.set {local}"));
            }
            7 => {
                self.value();
                self.emit(&format!(
                    "i64.extend_i32_u i64.const 8 i64.add local.set {wide}"
                ));
            }
            8 => {
                // Left on the stack for a while, in the accumulator of floats.
                self.value();
                self.emit("f64.convert_i32_s");
                self.kept += 1;
            }
            9 if self.kept > 1 => {
                self.emit("f64.copysign");
                self.kept -= 1;
            }
            9 if self.kept > 0 => {
                self.emit(&format!("local.set {F64}"));
                self.kept -= 1;
            }
            _ => {
                let (at, offset) = (self.usually(1), self.offset(8));
                self.emit(&format!(
                    "local.get {at} local.get {wide} i64.store offset={offset}"
                ));
            }
        }
    }

    /// The table that Go's jumps lead through, and the blocks behind it.
    fn dispatch(&mut self, blocks: usize) {
        let own = self.labels.len();
        for _ in 0..blocks {
            self.emit("block");
            self.labels.push(false);
        }
        let (on, all) = (self.usually(0), self.labels.len());
        let mut table = format!("local.get {on} br_table");
        for case in 0..=blocks {
            let usual = case.min(blocks - 1);
            let depth = if self.odd() {
                self.random.below(all)
            } else {
                usual
            };
            table.push_str(&format!(" {depth}"));
        }
        self.emit(&table);
        while self.labels.len() > own {
            self.labels.pop();
            self.emit("end");
            if self.labels.len() + 1 == own + blocks && self.random.percent(50) {
                self.stack_check();
            }
            for _ in 0..self.random.below(5) {
                self.statement();
            }
            self.drop_kept();
        }
        if self.random.percent(60) {
            self.jump();
        }
    }

    fn function(&mut self, index: usize) {
        self.emit(&format!("(func $f{index} (export \"f{index}\") (type $go)"));
        self.emit("(local i32 i32 i32 i64 i64 f64)");
        if !self.odd() {
            let (global, to) = (self.global(0), self.usually(1));
            self.emit(&format!("global.get {global} local.set {to}"));
        }
        let open = if self.odd() { "block" } else { "loop" };
        let blocks = 1 + self.random.below(4);
        self.in_block(open, |this| this.dispatch(blocks));
        self.statement();
        self.drop_kept();
        self.move_stack_pointer(8);
        self.emit("i32.const 0)");
    }
}

/// A module in text; its functions are exported.
pub fn module(seed: u64) -> String {
    let mut random = Random(seed);
    let odd = random.pick(&[3, 8, 20]);
    let limit = random.pick(&["\\00\\10\\00\\00", "\\ff\\ff\\00\\00"]);
    let mut generator = Generator {
        random,
        odd,
        wat: format!(
            r#"(module (type $go (func (param i32) (result i32)))
              (memory (export "memory") 1) (data (i32.const 272) "{limit}")
              (global (export "sp") (mut i32) (i32.const 8192))
              (global (export "g") (mut i32) (i32.const 256))
              (global (export "x") (mut i32) (i32.const 2))
              (global (mut i32) (i32.const 500))
            "#
        ),
        labels: Vec::new(),
        kept: 0,
    };
    for index in 0..FUNCTIONS {
        generator.function(index);
    }
    generator.wat + ")"
}
