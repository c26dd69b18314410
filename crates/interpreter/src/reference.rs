//! The instruction table as values: what `cargo xtask isa` prints.

use crate::instruction::{
    for_each_instruction, for_each_rare_instruction, for_each_vector_instruction,
};

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instruction {
    /// The group: `binary`, `load`, `v_splat`, …
    pub shape: &'static str,
    /// The operator's name in the text format.
    pub name: &'static str,
    /// The rest of the line: types, meaning, flags.
    pub meaning: String,
}

macro_rules! groups {
    ($($shape:ident { $($lines:tt)* })*) => {
        &[$((stringify!($shape), stringify!($($lines)*)),)*]
    };
}

type Groups = &'static [(&'static str, &'static str)];
const SCALAR: Groups = for_each_instruction!(groups);
const VECTOR: Groups = for_each_vector_instruction!(groups);
const RARE: Groups = for_each_rare_instruction!(groups);

/// Every instruction of the table, in its order.
pub fn instructions() -> Vec<Instruction> {
    let mut all = Vec::new();
    for &(shape, lines) in SCALAR.iter().chain(VECTOR).chain(RARE) {
        // Each line has one text, which is its name, and lines do not nest: cut
        // at the quotation marks, not at semicolons, which are in `[u8; 8]` too.
        let mut parts = lines.split('"').skip(1);
        while let (Some(name), Some(rest)) = (parts.next(), parts.next()) {
            let end = rest.rfind(';').unwrap_or(rest.len());
            let meaning = rest[..end].split_whitespace().collect::<Vec<_>>().join(" ");
            let meaning = meaning.replace(" :: ", "::").replace(" ;", ";");
            all.push(Instruction {
                shape,
                name,
                meaning,
            });
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_taken_apart() {
        let all = instructions();
        let find = |name: &str| all.iter().find(|line| line.name == name).unwrap();
        let add = find("i32.add");
        assert_eq!(
            (add.shape, add.meaning.as_str()),
            ("binary", "i32 = int::i32_add commutative")
        );
        assert_eq!(
            find("v128.load8x8_s").meaning,
            "[u8; 8] = simd::v128_load8x8_s"
        );
        assert_eq!(find("v128.store64_lane").shape, "v_store_lane");
        assert_eq!(find("i64.atomic.rmw8.add_u").meaning, "u8 = atomic::Add");
        let mut names: Vec<_> = all.iter().map(|line| line.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
