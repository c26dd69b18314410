//! The table: the lowest free number goes to whoever opens next.

use crate::abi::{Errno, Fd, Rights};

use super::Descriptor;

/// The guest's descriptors.
#[derive(Debug)]
pub(crate) struct Descriptors {
    slots: Vec<Option<Descriptor>>,
    /// No slot below is free.
    lowest_free: usize,
    /// How many the guest may have.
    max: usize,
    /// Whether a missing right is an error.
    strict_rights: bool,
}

impl Descriptors {
    /// An empty table for at most `max` descriptors.
    pub(crate) fn new(max: usize, strict_rights: bool) -> Self {
        Self {
            slots: Vec::new(),
            lowest_free: 0,
            max: max.min(u32::MAX as usize),
            strict_rights,
        }
    }

    /// Whether a missing right is an error.
    pub(crate) fn strict_rights(&self) -> bool {
        self.strict_rights
    }

    /// The descriptor of that number, which needs these rights where rights are
    /// enforced.
    ///
    /// Errors: `badf`, `notcapable`.
    #[inline]
    pub(crate) fn get(&self, fd: Fd, needs: Rights) -> Result<&Descriptor, Errno> {
        match self.slots.get(fd.0 as usize) {
            Some(Some(descriptor)) => {
                if self.strict_rights && !descriptor.rights_base.contains(needs) {
                    return Err(Errno::Notcapable);
                }
                Ok(descriptor)
            }
            _ => Err(Errno::Badf),
        }
    }

    /// As [`get`](Self::get), to change it.
    #[inline]
    pub(crate) fn get_mut(&mut self, fd: Fd, needs: Rights) -> Result<&mut Descriptor, Errno> {
        match self.slots.get_mut(fd.0 as usize) {
            Some(Some(descriptor)) => {
                if self.strict_rights && !descriptor.rights_base.contains(needs) {
                    return Err(Errno::Notcapable);
                }
                Ok(descriptor)
            }
            _ => Err(Errno::Badf),
        }
    }

    /// Whether one more fits: `mfile` before anything is opened.
    pub(crate) fn check_room(&self) -> Result<(), Errno> {
        if self.lowest_free < self.max {
            Ok(())
        } else {
            Err(Errno::Mfile)
        }
    }

    /// Gives it the lowest free number.
    pub(crate) fn insert(&mut self, descriptor: Descriptor) -> Result<Fd, Errno> {
        self.check_room()?;
        let number = self.lowest_free;
        if number == self.slots.len() {
            self.slots.push(Some(descriptor));
        } else {
            self.slots[number] = Some(descriptor);
        }
        self.lowest_free = (number + 1..self.slots.len())
            .find(|&slot| self.slots[slot].is_none())
            .unwrap_or(self.slots.len().max(number + 1));
        Ok(Fd(number as u32))
    }

    /// Takes it out.
    pub(crate) fn remove(&mut self, fd: Fd) -> Result<Descriptor, Errno> {
        let number = fd.0 as usize;
        let descriptor = self
            .slots
            .get_mut(number)
            .and_then(Option::take)
            .ok_or(Errno::Badf)?;
        self.lowest_free = self.lowest_free.min(number);
        Ok(descriptor)
    }

    /// Moves `from` to the number of `to`, which is closed.
    pub(crate) fn renumber(&mut self, from: Fd, to: Fd) -> Result<(), Errno> {
        self.get(to, Rights::empty())?;
        self.get(from, Rights::empty())?;
        if from == to {
            return Ok(());
        }
        let moved = self.remove(from)?;
        if let Some(slot) = self.slots.get_mut(to.0 as usize) {
            *slot = Some(moved);
        }
        Ok(())
    }

    /// Puts a descriptor, or none, at a number that the guest may have.
    pub(crate) fn put(&mut self, fd: Fd, descriptor: Option<Descriptor>) {
        let number = fd.0 as usize;
        if number >= self.max {
            return;
        }
        if number >= self.slots.len() {
            self.slots.resize_with(number + 1, || None);
        }
        self.slots[number] = descriptor;
        let free = self.slots.iter().position(Option::is_none);
        self.lowest_free = free.unwrap_or(self.slots.len());
    }

    /// The numbers in use, from the lowest.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Fd, &Descriptor)> {
        (0u32..)
            .zip(&self.slots)
            .filter_map(|(number, slot)| slot.as_ref().map(|descriptor| (Fd(number), descriptor)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::descriptor::Object;

    fn null() -> Descriptor {
        Descriptor::in_memory(Object::Null, true, "null")
    }

    #[test]
    fn the_lowest_free_number_is_given() {
        let mut table = Descriptors::new(4, false);
        for number in 0..4 {
            assert_eq!(table.insert(null()), Ok(Fd(number)));
        }
        assert_eq!(table.insert(null()), Err(Errno::Mfile));
        assert!(table.remove(Fd(2)).is_ok());
        assert!(table.remove(Fd(1)).is_ok());
        assert_eq!(table.remove(Fd(1)).err(), Some(Errno::Badf));
        assert_eq!(table.insert(null()), Ok(Fd(1)));
        assert_eq!(table.insert(null()), Ok(Fd(2)));
        assert_eq!(table.check_room(), Err(Errno::Mfile));
    }

    #[test]
    fn renumbering_frees_the_old_number() {
        let mut table = Descriptors::new(8, false);
        for _ in 0..3 {
            let _ = table.insert(null());
        }
        assert_eq!(table.renumber(Fd(1), Fd(u32::MAX)), Err(Errno::Badf));
        assert_eq!(table.renumber(Fd(1), Fd(1)), Ok(()));
        assert_eq!(table.renumber(Fd(1), Fd(2)), Ok(()));
        assert_eq!(table.insert(null()), Ok(Fd(1)));
    }
}
