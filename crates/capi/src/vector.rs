//! The vectors of the API: a length and elements, values or owned pointers.

/// A vector as C sees it.
#[repr(C)]
pub struct Vector<T> {
    pub size: usize,
    pub data: *mut T,
}

pub type ByteVec = Vector<u8>;

/// An element of a vector: how it is copied and deleted.
pub trait Element: Sized {
    /// What an element is before it is set.
    fn empty() -> Self;
    /// Another one, owned.
    unsafe fn duplicate(&self) -> Self;
    /// Frees what it owns.
    unsafe fn delete(&mut self);
}

impl Element for u8 {
    fn empty() -> Self {
        0
    }
    unsafe fn duplicate(&self) -> Self {
        *self
    }
    unsafe fn delete(&mut self) {}
}

/// Owned pointers to boxes.
impl<T: Clone> Element for *mut T {
    fn empty() -> Self {
        std::ptr::null_mut()
    }
    unsafe fn duplicate(&self) -> Self {
        // SAFETY: C1.
        match unsafe { self.as_ref() } {
            Some(object) => Box::into_raw(Box::new(object.clone())),
            None => std::ptr::null_mut(),
        }
    }
    unsafe fn delete(&mut self) {
        if !self.is_null() {
            // SAFETY: C2.
            drop(unsafe { Box::from_raw(*self) });
        }
    }
}

impl<T> Vector<T> {
    pub fn new(elements: Vec<T>) -> Self {
        let elements = elements.into_boxed_slice();
        let size = elements.len();
        let data = match size {
            0 => std::ptr::null_mut(),
            _ => Box::into_raw(elements).cast(),
        };
        Self { size, data }
    }

    /// The elements.
    pub unsafe fn as_slice(&self) -> &[T] {
        match self.data.is_null() {
            true => &[],
            // SAFETY: C1.
            false => unsafe { std::slice::from_raw_parts(self.data, self.size) },
        }
    }

    /// The elements, to write.
    pub unsafe fn as_mut_slice(&mut self) -> &mut [T] {
        match self.data.is_null() {
            true => &mut [],
            // SAFETY: C1.
            false => unsafe { std::slice::from_raw_parts_mut(self.data, self.size) },
        }
    }

    /// Takes the elements out.
    pub unsafe fn take(&mut self) -> Vec<T> {
        let data = std::mem::replace(&mut self.data, std::ptr::null_mut());
        let size = std::mem::take(&mut self.size);
        if data.is_null() {
            return Vec::new();
        }
        // SAFETY: C2: made by `new`.
        unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(data, size)) }.into_vec()
    }
}

impl<T: Element> Vector<T> {
    pub fn uninitialized(size: usize) -> Self {
        Self::new((0..size).map(|_| T::empty()).collect())
    }

    pub unsafe fn duplicate(&self) -> Self {
        // SAFETY: C1.
        let elements = unsafe { self.as_slice() }.iter();
        // SAFETY: C1.
        let copies = elements.map(|element| unsafe { element.duplicate() });
        Self::new(copies.collect())
    }

    pub unsafe fn delete(&mut self) {
        // SAFETY: C2.
        for mut element in unsafe { self.take() } {
            // SAFETY: C2.
            unsafe { element.delete() };
        }
    }
}

impl ByteVec {
    pub fn text(text: &str) -> Self {
        Self::new(text.as_bytes().to_vec())
    }

    /// A message, which ends with a zero byte.
    pub fn message(text: &str) -> Self {
        Self::new([text.as_bytes(), b"\0"].concat())
    }

    /// The text, without a zero byte at its end.
    pub unsafe fn to_text(&self) -> String {
        // SAFETY: C1.
        let bytes = unsafe { self.as_slice() };
        let bytes = bytes.strip_suffix(b"\0").unwrap_or(bytes);
        String::from_utf8_lossy(bytes).into_owned()
    }
}

/// The five functions of a type of vector.
macro_rules! vectors {
    ($($element:ty: $empty:ident $uninitialized:ident $new:ident $copy:ident $delete:ident;)*) => {$(
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $empty(out: *mut Vector<$element>) {
            // SAFETY: C1.
            unsafe { out.write(Vector::new(Vec::new())) };
        }

        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $uninitialized(out: *mut Vector<$element>, size: usize) {
            // SAFETY: C1.
            unsafe { out.write(Vector::uninitialized(size)) };
        }

        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $new(
            out: *mut Vector<$element>,
            size: usize,
            elements: *const $element,
        ) {
            let vector = Vector::<$element>::uninitialized(size);
            if size > 0 {
                // SAFETY: C1, C2: the elements change hands.
                unsafe { vector.data.copy_from_nonoverlapping(elements, size) };
            }
            // SAFETY: C1.
            unsafe { out.write(vector) };
        }

        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $copy(
            out: *mut Vector<$element>,
            vector: *const Vector<$element>,
        ) {
            // SAFETY: C1.
            unsafe { out.write((*vector).duplicate()) };
        }

        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $delete(vector: *mut Vector<$element>) {
            // SAFETY: C1.
            if let Some(vector) = unsafe { vector.as_mut() } {
                // SAFETY: C2.
                unsafe { vector.delete() };
            }
        }
    )*};
}
pub(crate) use vectors;

vectors! {
    u8: wasm_byte_vec_new_empty wasm_byte_vec_new_uninitialized wasm_byte_vec_new
        wasm_byte_vec_copy wasm_byte_vec_delete;
}
