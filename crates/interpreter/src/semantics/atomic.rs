//! Atomic instructions: what is in memory afterwards. All but stores answer what
//! was there before, except that `memory.atomic.notify` answers how many woke up.
//!
//! A memory that is not shared has one thread, so an access is atomic as it is.
//!
//! Source: <https://github.com/WebAssembly/threads>

/// What an atomic instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Atomic {
    Load,
    Store,
    Add,
    Sub,
    And,
    Or,
    Xor,
    Exchange,
    CompareExchange,
    Notify,
    Wait,
}

pub use Atomic::*;

impl Atomic {
    /// All of them, each at the place of its number.
    pub const ALL: [Atomic; 11] = [
        Load,
        Store,
        Add,
        Sub,
        And,
        Or,
        Xor,
        Exchange,
        CompareExchange,
        Notify,
        Wait,
    ];

    /// Operands, the address included.
    pub fn operands(self) -> usize {
        match self {
            Load => 1,
            CompareExchange | Wait => 3,
            _ => 2,
        }
    }

    /// What is in memory afterwards, where `old` was; `None` if nothing is
    /// written. The second operand is `replacement`. Operands may have junk above
    /// the access's `width_bytes`, `old` has not, nor must the result.
    pub fn memory(self, old: u64, operand: u64, replacement: u64, width_bytes: u32) -> Option<u64> {
        let mask = u64::MAX >> (64 - 8 * width_bytes);
        let new = match self {
            Load | Notify | Wait => return None,
            Store | Exchange => operand,
            Add => old.wrapping_add(operand),
            Sub => old.wrapping_sub(operand),
            And => old & operand,
            Or => old | operand,
            Xor => old ^ operand,
            CompareExchange if old == operand & mask => replacement,
            CompareExchange => return None,
        };
        Some(new & mask)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_places() {
        for (place, op) in Atomic::ALL.into_iter().enumerate() {
            assert_eq!(op as usize, place);
        }
    }

    #[test]
    fn narrow_ones_wrap() {
        assert_eq!(Add.memory(0xff, 0x1_02, 0, 1), Some(1));
        assert_eq!(Sub.memory(0, 1, 0, 2), Some(0xffff));
        assert_eq!(Add.memory(u64::MAX, 2, 0, 8), Some(1));
        assert_eq!(
            Exchange.memory(1, 0x1234_5678_9abc, 0, 4),
            Some(0x5678_9abc)
        );
        assert_eq!(Store.memory(1, 0x1234, 0, 1), Some(0x34));
    }

    #[test]
    fn bits() {
        assert_eq!(And.memory(0b1100, 0b1010, 0, 1), Some(0b1000));
        assert_eq!(Or.memory(0b1100, 0b1010, 0, 1), Some(0b1110));
        assert_eq!(Xor.memory(0b1100, 0b1010, 0, 1), Some(0b0110));
    }

    #[test]
    fn compared_is_as_much_as_is_accessed() {
        assert_eq!(CompareExchange.memory(0x11, 0x2211, 0x3377, 1), Some(0x77));
        assert_eq!(CompareExchange.memory(0x2211, 0x11, 0x3377, 2), None);
        assert_eq!(Load.memory(1, 2, 3, 4), None);
    }
}
