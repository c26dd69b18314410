//! What the code of a function does to the native stack, on aarch64.
//!
//! Instructions have four bytes and few forms, so that masks tell the ones that
//! matter: "C4.1 A64 instruction set encoding" in Arm's Architecture Reference Manual.

use super::shape::{Fault, Shape};

/// Looks at a function's code, which stands at `address`.
pub fn shape(code: &[u8], address: u64) -> Shape {
    let mut shape = Shape::default();
    let inside = address..address + code.len() as u64;
    let (words, rest) = code.as_chunks::<4>();
    if words.is_empty() || !rest.is_empty() {
        shape.faults.insert(Fault::Undecodable);
    }
    for (index, word) in words.iter().enumerate() {
        let word = u32::from_le_bytes(*word);
        let at = address + index as u64 * 4;
        shape.instructions += usize::from(word != NOP);
        let leaves = |target: u64| usize::from(!inside.contains(&target));
        let fault = match word {
            _ if word & 0xfc00_0000 == 0x1400_0000 => {
                shape.tail_jumps += leaves(target(at, word, 26, 0));
                None
            }
            // b.cond, cbz and cbnz; tbz and tbnz.
            _ if word & 0xff00_0010 == 0x5400_0000 || word & 0x7e00_0000 == 0x3400_0000 => {
                shape.tail_jumps += leaves(target(at, word, 19, 5));
                None
            }
            _ if word & 0x7e00_0000 == 0x3600_0000 => {
                shape.tail_jumps += leaves(target(at, word, 14, 5));
                None
            }
            _ if word & 0xffff_fc1f == 0xd61f_0000 => {
                shape.indirect_jumps += 1;
                None
            }
            _ if word & 0xfc00_0000 == 0x9400_0000 => Some(Fault::Call),
            _ if word & 0xffff_fc1f == 0xd63f_0000 => Some(Fault::IndirectCall),
            _ if word & 0xffff_fc1f == 0xd65f_0000 => Some(Fault::Return),
            _ => stack_use(word),
        };
        shape.faults.extend(fault);
    }
    if shape.indirect_jumps + shape.tail_jumps == 0 {
        shape.faults.insert(Fault::NoJump);
    }
    shape
}

const NOP: u32 = 0xd503_201f;
/// The number of the stack pointer, where an instruction takes it.
const SP: u32 = 31;

/// Where a branch leads whose offset, in words, has so many bits from bit `low` on.
fn target(at: u64, word: u32, bits: u32, low: u32) -> u64 {
    let offset = (word << (32 - bits - low)) as i32 >> (32 - bits);
    at.wrapping_add_signed(i64::from(offset) * 4)
}

fn stack_use(word: u32) -> Option<Fault> {
    let (first, base) = (word & 31, word >> 5 & 31);
    // add and sub of an immediate, or of an extended register, to the stack pointer;
    // those that set flags write the zero register instead.
    let adds = word & 0x3f80_0000 == 0x1100_0000 || word & 0x3fe0_0000 == 0x0b20_0000;
    if adds && first == SP {
        return Some(Fault::Frame);
    }
    // Loads and stores of one register, or of a pair, by a base register.
    let (one, pair) = (
        word & 0x3a00_0000 == 0x3800_0000,
        word & 0x3a00_0000 == 0x2800_0000,
    );
    if !(one || pair) || base != SP {
        return None;
    }
    // With the base written back: before or after the access.
    let written_back = match pair {
        true => word & 0x0080_0000 != 0,
        false => word & 0x0120_0400 == 0x0000_0400,
    };
    Some(match written_back {
        true => Fault::Frame,
        false => Fault::Spill,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(words: &[u32]) -> Vec<Fault> {
        let code = Vec::from_iter(words.iter().flat_map(|word| word.to_le_bytes()));
        shape(&code, 0x1000).faults.into_iter().collect()
    }

    #[test]
    fn handlers_are_told_from_what_lost_its_tail_call() {
        // ldr x6, [x0, #16]!; br x6
        assert_eq!(faults(&[0xf841_0c06, 0xd61f_00c0]), []);
        // cbz x0, +8 (inside); b far away
        assert_eq!(faults(&[0xb400_0040, 0x1400_1000]), []);
        // stp x29, x30, [sp, #-16]!; blr x6; ldp x29, x30, [sp], #16; ret
        let lost = [0xa9bf_7bfd, 0xd63f_00c0, 0xa8c1_7bfd, 0xd65f_03c0];
        let expected = [
            Fault::IndirectCall,
            Fault::Return,
            Fault::Frame,
            Fault::NoJump,
        ];
        assert_eq!(faults(&lost), expected);
        // sub sp, sp, #16; br x6
        assert_eq!(faults(&[0xd100_43ff, 0xd61f_00c0]), [Fault::Frame]);
        // str x0, [sp, #8]; br x6
        assert_eq!(faults(&[0xf900_07e0, 0xd61f_00c0]), [Fault::Spill]);
        // cmp x0, #16 writes the zero register; br x6
        assert_eq!(faults(&[0xf100_401f, 0xd61f_00c0]), []);
        // bl far away; br x6
        assert_eq!(faults(&[0x9400_1000, 0xd61f_00c0]), [Fault::Call]);
        assert_eq!(faults(&[]), [Fault::Undecodable, Fault::NoJump]);
    }
}
