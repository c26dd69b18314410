use super::*;
use arbitrary::Unstructured;
use std::collections::HashMap;

/// The references that a test holds.
#[derive(Default)]
struct Held(Vec<u64>);

impl Roots for Held {
    fn each(&self, visit: &mut dyn FnMut(u64)) {
        self.0.iter().for_each(|&slot| visit(slot));
    }
}

const PAIR: u32 = 0;
const BYTES: u32 = 1;
const REFS: u32 = 2;

/// A pair of references and a number, arrays of bytes, arrays of references.
fn heap(limit_bytes: u64, mode: Collect) -> Heap {
    let mut heap = Heap::new(mode);
    heap.set_limit_bytes(limit_bytes);
    let layout = |id: u32, shape, words, refs| {
        Arc::new(Layout {
            shape,
            words,
            fields: Box::default(),
            refs,
            display: [id].into(),
        })
    };
    heap.add_layouts([
        layout(PAIR, Shape::Struct, 3, Refs::Words([0, 1].into())),
        layout(BYTES, Shape::Array { shift: 0 }, 0, Refs::None),
        layout(REFS, Shape::Array { shift: 3 }, 0, Refs::All),
    ]);
    heap
}

#[test]
fn fields_and_elements_are_kept() {
    let mut heap = heap(1 << 20, Collect::Paced);
    let held = Held::default();
    let pair = heap.allocate(PAIR, 0, &held).unwrap();
    assert_eq!(heap.field(pair, 2), Some(0));
    heap.set_field(pair, 2, 42).unwrap();
    assert_eq!(heap.field(pair, 2), Some(42));
    assert_eq!(heap.type_of(pair), Some(PAIR));
    let bytes = heap.allocate(BYTES, 5, &held).unwrap();
    assert_eq!(heap.length(bytes), Some(5));
    let all = heap.array_bytes_mut(bytes, 0, 5).unwrap().unwrap();
    all.copy_from_slice(b"hello");
    assert_eq!(heap.array_bytes(bytes, 1, 3), Some(Ok(&b"ell"[..])));
    assert_eq!(heap.array_bytes(bytes, 5, 0), Some(Ok(&b""[..])));
    assert_eq!(
        heap.array_bytes(bytes, 3, 3),
        Some(Err(object::OutOfBounds))
    );
    assert_eq!(
        heap.array_bytes(bytes, u32::MAX, u32::MAX),
        Some(Err(object::OutOfBounds))
    );
    heap.copy_elements((bytes, 0), (bytes, 1), 4)
        .unwrap()
        .unwrap();
    assert_eq!(heap.array_bytes(bytes, 0, 5), Some(Ok(&b"elloo"[..])));
    assert_eq!(heap.field(slot::NULL, 0), None);
    assert_eq!(heap.length(slot::of_i31(3)), None);
}

#[test]
fn an_allocation_loop_stays_flat() {
    let mut heap = heap(1 << 30, Collect::Paced);
    let mut held = Held(vec![0; 100]);
    let mut most = 0;
    for i in 0..3_000_000 {
        let object = match i % 10 {
            0 => heap.allocate(BYTES, i % 2000, &held),
            _ => heap.allocate(PAIR, 0, &held),
        };
        held.0[i as usize % 100] = object.unwrap();
        most = most.max(heap.stats().used_bytes);
    }
    let stats = heap.stats();
    assert!(stats.allocated_bytes > 300 << 20, "{stats:?}");
    assert!(most < 8 << 20, "{most} bytes, {stats:?}");
    assert!(stats.collections > 50, "{stats:?}");
}

#[test]
fn the_limit_holds_and_what_is_dropped_makes_room() {
    let mut heap = heap(1 << 20, Collect::Paced);
    let mut held = Held::default();
    // A list that is never let go.
    let mut count = 0;
    while let Some(pair) = heap.allocate(PAIR, 0, &held) {
        heap.set_field(pair, 0, held.0.pop().unwrap_or(0)).unwrap();
        held.0.push(pair);
        count += 1;
    }
    assert!((20_000..33_000).contains(&count), "{count} of 32 bytes");
    assert!(heap.stats().used_bytes <= 1 << 20);
    assert_eq!(heap.allocate(BYTES, 1 << 20, &held), None);
    assert_eq!(heap.allocate(REFS, u32::MAX, &held), None);
    held.0.clear();
    assert!(heap.allocate(BYTES, 900 << 10, &held).is_some());
}

#[test]
fn a_deep_list_and_a_wide_array_are_marked_in_pieces() {
    let mut heap = heap(1 << 30, Collect::Creeping);
    let mut held = Held(vec![0]);
    let wide = heap.allocate(REFS, 50_000, &held).unwrap();
    held.0[0] = wide;
    for i in 0..50_000_u32 {
        let pair = heap.allocate(PAIR, 0, &held).unwrap();
        heap.set_field(pair, 2, i.into()).unwrap();
        let place = heap.array_bytes_mut(wide, i, 1).unwrap().unwrap();
        place.copy_from_slice(&pair.to_le_bytes());
    }
    heap.collect(&held);
    for i in 0..50_000 {
        let slot = heap.array_bytes(wide, i, 1).unwrap().unwrap();
        let pair = u64::from_le_bytes(slot.try_into().unwrap());
        assert_eq!(heap.field(pair, 2), Some(i.into()));
    }
}

#[test]
fn what_the_host_holds_lives() {
    let mut heap = heap(1 << 20, Collect::Always);
    let held = Held::default();
    let object = heap.allocate(BYTES, 1, &held).unwrap();
    let rooted = heap.roots.guard(object);
    let scope = heap.roots.scope();
    let other = heap.allocate(PAIR, 0, &held).unwrap();
    let scoped = heap.roots.hold(other);
    heap.collect(&held);
    assert_eq!(heap.type_of(object), Some(BYTES));
    assert_eq!(heap.type_of(other), Some(PAIR));
    assert_eq!(heap.roots.get(rooted.id()), Some(object));
    assert_eq!(heap.roots.get(scoped), Some(other));
    heap.roots.end_scope(scope);
    assert_eq!(heap.roots.get(scoped), None);
    heap.collect(&held);
    assert_eq!(heap.type_of(object), Some(BYTES));
    assert_eq!(heap.type_of(other), Some(u32::MAX), "overwritten");
    drop(rooted);
    heap.collect(&held);
    assert_eq!(heap.type_of(object), Some(u32::MAX), "overwritten");
    assert_eq!(heap.stats().live_bytes, 0);
    let again = heap.roots.hold(slot::of_i31(1));
    assert_ne!(again, scoped);
}

/// An object of a model, by its place there.
#[derive(Clone)]
enum Model {
    Pair([Option<usize>; 2], u64),
    Refs(Vec<Option<usize>>),
    Bytes(Vec<u8>),
}

/// A heap and what must be in it.
struct Mirror {
    heap: Heap,
    held: Held,
    /// For each root: its object.
    roots: Vec<Option<usize>>,
    models: Vec<Model>,
    /// For each object: its slot.
    slots: Vec<u64>,
}

impl Mirror {
    fn slot(&self, object: Option<usize>) -> u64 {
        object.map_or(slot::NULL, |object| self.slots[object])
    }

    /// One change, of those that guests can make: all that it touches is
    /// reachable.
    fn change(&mut self, choice: &mut Unstructured<'_>) -> arbitrary::Result<()> {
        let root = choice.choose_index(self.roots.len())?;
        let reached = self.walk(choice)?;
        match choice.int_in_range(0..=9)? {
            0..=3 => {
                let length = match choice.ratio(1, 50)? {
                    true => choice.int_in_range(0..=9000)?,
                    false => choice.int_in_range(0..=40)?,
                };
                let (ty, model) = match choice.int_in_range(0..=2)? {
                    0 => (PAIR, Model::Pair([None; 2], 0)),
                    1 => (REFS, Model::Refs(vec![None; length])),
                    _ => (BYTES, Model::Bytes(vec![0; length])),
                };
                let length = if ty == PAIR { 0 } else { length as u32 };
                let slot = self.heap.allocate(ty, length, &self.held).expect("room");
                self.models.push(model);
                self.slots.push(slot);
                if let (Some(Model::Pair(refs, _)), true) =
                    (self.models.last_mut(), choice.ratio(9, 10)?)
                {
                    refs[0] = reached;
                    let value = self.slot(reached);
                    self.heap.set_ref_field(slot, 0, value).unwrap();
                }
                self.roots[root] = Some(self.models.len() - 1);
                self.held.0[root] = slot;
            }
            4 => {
                self.roots[root] = None;
                self.held.0[root] = slot::NULL;
            }
            5 => {
                self.roots[root] = reached;
                self.held.0[root] = self.slot(reached);
            }
            _ => {
                let Some(target) = self.walk(choice)? else {
                    return Ok(());
                };
                let (value, object) = (self.slot(reached), self.slots[target]);
                match &mut self.models[target] {
                    Model::Pair(refs, number) => {
                        let word = choice.int_in_range(0..=1)?;
                        refs[word] = reached;
                        *number = choice.arbitrary()?;
                        let number = *number;
                        self.heap.set_ref_field(object, word as u32, value).unwrap();
                        self.heap.set_field(object, 2, number).unwrap();
                    }
                    Model::Refs(refs) if !refs.is_empty() => {
                        let at = choice.choose_index(refs.len())?;
                        refs[at] = reached;
                        self.heap.before_overwriting(object, at as u32, 1);
                        let place = self.heap.array_bytes_mut(object, at as u32, 1);
                        place
                            .unwrap()
                            .unwrap()
                            .copy_from_slice(&value.to_le_bytes());
                    }
                    Model::Bytes(bytes) if !bytes.is_empty() => {
                        let at = choice.choose_index(bytes.len())?;
                        bytes[at] = choice.arbitrary()?;
                        let byte = bytes[at];
                        let place = self.heap.array_bytes_mut(object, at as u32, 1);
                        place.unwrap().unwrap()[0] = byte;
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Something reachable, or null.
    fn walk(&self, choice: &mut Unstructured<'_>) -> arbitrary::Result<Option<usize>> {
        let mut at = *choice.choose(&self.roots)?;
        for _ in 0..choice.int_in_range(0..=4)? {
            let next = match at.map(|at| &self.models[at]) {
                Some(Model::Pair(refs, _)) => *choice.choose(refs)?,
                Some(Model::Refs(refs)) if !refs.is_empty() => *choice.choose(refs)?,
                _ => None,
            };
            match next {
                Some(_) => at = next,
                None => break,
            }
        }
        Ok(at)
    }

    /// Compares all that is reachable; how much that is.
    fn check(&self) -> usize {
        let mut seen = HashMap::new();
        let mut rest: Vec<usize> = self.roots.iter().flatten().copied().collect();
        while let Some(object) = rest.pop() {
            let slot = self.slots[object];
            match seen.insert(slot, object) {
                Some(other) => assert_eq!(other, object, "two objects at one place"),
                None => rest.extend(self.compare(object, slot)),
            }
        }
        seen.len()
    }

    fn compare(&self, object: usize, slot: u64) -> Vec<usize> {
        match &self.models[object] {
            Model::Pair(refs, number) => {
                assert_eq!(self.heap.type_of(slot), Some(PAIR));
                assert_eq!(self.heap.field(slot, 2), Some(*number));
                for (i, target) in refs.iter().enumerate() {
                    assert_eq!(self.heap.field(slot, i as u32), Some(self.slot(*target)));
                }
                refs.iter().flatten().copied().collect()
            }
            Model::Refs(refs) => {
                assert_eq!(self.heap.type_of(slot), Some(REFS));
                let bytes = self.heap.array_bytes(slot, 0, refs.len() as u32);
                for (word, target) in bytes.unwrap().unwrap().chunks_exact(8).zip(refs) {
                    assert_eq!(word, self.slot(*target).to_le_bytes());
                }
                refs.iter().flatten().copied().collect()
            }
            Model::Bytes(bytes) => {
                let got = self.heap.array_bytes(slot, 0, bytes.len() as u32);
                assert_eq!(got, Some(Ok(&bytes[..])));
                Vec::new()
            }
        }
    }
}

/// Guests that do whatever comes up, beside a model of their objects.
fn mirror(mode: Collect, seed: u64, changes: usize) -> HeapStats {
    let mut state = seed;
    let bytes: Vec<u8> = (0..changes * 24)
        .map(|_| {
            // A linear congruence; its high bits are even enough.
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 56) as u8
        })
        .collect();
    let mut choice = Unstructured::new(&bytes);
    let mut mirror = Mirror {
        heap: heap(1 << 26, mode),
        held: Held(vec![0; 200]),
        roots: vec![None; 200],
        models: Vec::new(),
        slots: Vec::new(),
    };
    let mut most = 0;
    for i in 0..changes {
        if choice.is_empty() {
            break;
        }
        mirror.change(&mut choice).unwrap();
        if i % 500 == 0 {
            most = most.max(mirror.check());
        }
    }
    mirror.check();
    assert!(most > 50, "only {most} objects were ever reachable");
    mirror.heap.stats()
}

#[test]
fn nothing_reachable_is_lost() {
    for seed in 0..6 {
        let stats = mirror(Collect::Paced, seed, 60_000);
        assert!(stats.collections >= 2, "{stats:?}");
        let stats = mirror(Collect::Creeping, seed, 60_000);
        assert!(stats.collections >= 2, "{stats:?}");
        let stats = mirror(Collect::Always, seed, 4_000);
        assert!(stats.collections > 1000, "{stats:?}");
    }
}

#[test]
fn a_large_object_from_swept_blocks_into_unswept_ones() {
    let mut heap = heap(64 << 20, Collect::Paced);
    let mut held = Held::default();
    // Blocks that are free, and others behind them.
    heap.allocate(BYTES, 4000 * 8192, &held).unwrap();
    heap.collect(&held);
    held.0 = vec![heap.allocate(BYTES, 8192, &held).unwrap()];
    heap.allocate(BYTES, 1 << 20, &held).unwrap();
    while !heap.blocks().is_sweeping() {
        heap.step(2, &held);
    }
    let bytes = 3000 * 8192;
    let large = heap.allocate(BYTES, bytes, &held).unwrap();
    assert!(heap.blocks().is_sweeping());
    held.0.push(large);
    let contents = |heap: &Heap| {
        let all = heap.array_bytes(large, 0, bytes).unwrap().unwrap();
        all.iter().all(|&byte| byte == 7)
    };
    let all = heap.array_bytes_mut(large, 0, bytes).unwrap();
    all.unwrap().fill(7);
    for _ in 0..400 {
        heap.allocate(BYTES, 8192, &held).unwrap();
    }
    assert!(contents(&heap));
}
