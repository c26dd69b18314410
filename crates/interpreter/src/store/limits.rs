//! What a store's instances may take.

/// Bounds on what the instances of a store may take.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreLimits {
    /// Bytes that one linear memory may grow to. So much address space is
    /// reserved for a memory that may; those with 32-bit addresses need 4 GiB.
    pub memory_bytes: u64,
    /// Bytes of all linear memories together.
    pub total_memory_bytes: u64,
    /// Elements that one table may grow to.
    pub table_elements: u64,
    /// Elements of all tables together. Unlike a memory's bytes they take memory
    /// from the start, eight bytes each.
    pub total_table_elements: u64,
    /// Instances in the store.
    pub instances: usize,
    /// Bytes that all structures, arrays and caught exceptions together may take.
    pub heap_bytes: u64,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory_bytes: 64 << 30,
            total_memory_bytes: u64::MAX,
            table_elements: 10_000_000,
            total_table_elements: 20_000_000,
            instances: 10_000,
            heap_bytes: crate::heap::DEFAULT_LIMIT_BYTES,
        }
    }
}
