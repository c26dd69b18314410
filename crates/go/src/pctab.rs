//! Tables from program counters to values: pairs of variable-length deltas.
//! Source: `runtime/symtab.go`, `step`.

use crate::error::GoError;

/// Places in a function that are looked at: PC_B has 16 bits.
const MAX_STEPS: usize = 1 << 16;

/// A table: value `.0` up to, and without, place `.1`.
pub(crate) struct Steps<'a> {
    bytes: &'a [u8],
    value: i32,
    end: u32,
    left: usize,
    first: bool,
}

impl<'a> Steps<'a> {
    /// The table at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            value: -1,
            end: 0,
            left: MAX_STEPS,
            first: true,
        }
    }

    fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in (0..32).step_by(7) {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            value |= u32::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl Iterator for Steps<'_> {
    type Item = (i32, u32);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let delta = self.varint()?;
        if delta == 0 && !self.first {
            return None;
        }
        self.first = false;
        // Zigzag.
        let delta = (delta >> 1) as i32 ^ -((delta & 1) as i32);
        self.value = self.value.wrapping_add(delta);
        // The next place lies behind this one: without that a table could be long, and
        // tell nothing.
        let places = self.varint().filter(|places| *places > 0)?;
        self.end = self.end.checked_add(places)?;
        Some((self.value, self.end))
    }
}

/// The value at a place, from the table at `offset`; 0 means that there is no
/// table.
pub(crate) fn value_at(pctab: &[u8], offset: u32, place: u32) -> Result<Option<i32>, GoError> {
    if offset == 0 {
        return Ok(None);
    }
    let damaged = || GoError::damaged("a table of places", offset.into());
    let bytes = pctab.get(offset as usize..).ok_or_else(damaged)?;
    let found = Steps::new(bytes).find(|&(_, end)| place < end);
    Ok(Some(found.ok_or_else(damaged)?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_hold_up_to_the_next() {
        // 0 until 3, then 48 until 133, then the end.
        let table = [0xff, 2, 3, 0x60, 0x82, 1, 0];
        assert_eq!(value_at(&table, 1, 0), Ok(Some(0)));
        assert_eq!(value_at(&table, 1, 2), Ok(Some(0)));
        assert_eq!(value_at(&table, 1, 3), Ok(Some(48)));
        assert_eq!(value_at(&table, 1, 132), Ok(Some(48)));
        assert!(value_at(&table, 1, 133).is_err());
        assert!(value_at(&table, 100, 0).is_err());
        assert_eq!(value_at(&table, 0, 0), Ok(None));
    }

    #[test]
    fn an_endless_number_ends() {
        assert!(value_at(&[0x80; 100], 1, 0).is_err());
        assert!(value_at(&vec![2; 1 << 20], 1, u32::MAX).is_err());
        // A value, and no places.
        assert!(value_at(&[2, 0].repeat(1 << 10), 2, 0).is_err());
    }
}
