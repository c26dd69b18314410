//! The types that a module declares. Source: specification, "Structure / Types /
//! Composite Types" and "Recursive Types".

use super::{Composite, TypeIndex, ValType};
use std::fmt;

/// Parameters and results of a function.
///
/// Two function types are equal if their parameters and results are, as long as
/// neither was declared in a recursive group, as open, or with a supertype: such
/// a type is equal to itself alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FuncType {
    /// Parameters first, then results.
    types: Box<[ValType]>,
    params: usize,
    declared: Option<TypeIndex>,
}

/// A type of the type section.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubType {
    /// Whether it has no subtypes.
    pub is_final: bool,
    /// What it is declared to be a subtype of.
    pub supertype: Option<TypeIndex>,
    /// What it describes.
    pub composite: CompositeType,
}

/// What a [`SubType`] describes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum CompositeType {
    /// A function.
    Func(FuncType),
    /// A struct.
    Struct(StructType),
    /// An array.
    Array(ArrayType),
}

/// The fields of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StructType {
    /// By index.
    pub fields: Box<[FieldType]>,
}

/// The elements of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ArrayType {
    /// All are of this type.
    pub element: FieldType,
}

/// A field of a struct or an element of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FieldType {
    /// What is stored.
    pub storage: StorageType,
    /// Whether it can be set.
    pub mutable: bool,
}

/// What a field stores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StorageType {
    /// 8 bits of an `i32`.
    I8,
    /// 16 bits of an `i32`.
    I16,
    /// A whole value.
    Val(ValType),
}

impl FuncType {
    /// A function type from its parameters and results.
    pub fn new(
        params: impl IntoIterator<Item = ValType>,
        results: impl IntoIterator<Item = ValType>,
    ) -> Self {
        let mut types: Vec<ValType> = params.into_iter().collect();
        let params = types.len();
        types.extend(results);
        Self {
            types: types.into(),
            params,
            declared: None,
        }
    }

    /// The parameters' types.
    pub fn params(&self) -> &[ValType] {
        &self.types[..self.params]
    }

    /// The results' types.
    pub fn results(&self) -> &[ValType] {
        &self.types[self.params..]
    }

    /// 64-bit slots of all parameters.
    pub fn param_slots(&self) -> u32 {
        self.params().iter().map(|ty| ty.slots()).sum()
    }

    /// 64-bit slots of all results.
    pub fn result_slots(&self) -> u32 {
        self.results().iter().map(|ty| ty.slots()).sum()
    }

    /// Which type of an engine it is, if parameters and results do not say that
    /// alone.
    pub fn declared(&self) -> Option<TypeIndex> {
        self.declared
    }

    /// The same parameters and results, as a type that these do not identify.
    pub fn with_declared(mut self, index: TypeIndex) -> Self {
        self.declared = Some(index);
        self
    }

    /// The same with other indices of declared types.
    pub fn map_index(&self, mut map: impl FnMut(TypeIndex) -> TypeIndex) -> Self {
        let types = self.types.iter().map(|ty| ty.map_index(&mut map));
        Self {
            types: types.collect(),
            params: self.params,
            declared: self.declared.map(map),
        }
    }

    /// Whether a parameter or a result refers to a declared type.
    pub fn refers_to_declared(&self) -> bool {
        let declared = |ty: &ValType| ty.declared().is_some();
        self.types.iter().any(declared)
    }
}

impl SubType {
    /// A function that is no part of a hierarchy, as all are before WebAssembly
    /// 3.0.
    pub fn func(ty: FuncType) -> Self {
        Self {
            is_final: true,
            supertype: None,
            composite: CompositeType::Func(ty),
        }
    }

    /// The function type, if it is one.
    pub fn as_func(&self) -> Option<&FuncType> {
        match &self.composite {
            CompositeType::Func(ty) => Some(ty),
            _ => None,
        }
    }

    /// The struct type, if it is one.
    pub fn as_struct(&self) -> Option<&StructType> {
        match &self.composite {
            CompositeType::Struct(ty) => Some(ty),
            _ => None,
        }
    }

    /// The array type, if it is one.
    pub fn as_array(&self) -> Option<&ArrayType> {
        match &self.composite {
            CompositeType::Array(ty) => Some(ty),
            _ => None,
        }
    }

    /// What it describes.
    pub fn kind(&self) -> Composite {
        match self.composite {
            CompositeType::Func(_) => Composite::Func,
            CompositeType::Struct(_) => Composite::Struct,
            CompositeType::Array(_) => Composite::Array,
        }
    }

    /// The same with other indices of declared types.
    pub fn map_index(&self, mut map: impl FnMut(TypeIndex) -> TypeIndex) -> Self {
        let supertype = self.supertype.map(&mut map);
        let composite = match &self.composite {
            CompositeType::Func(ty) => CompositeType::Func(ty.map_index(map)),
            CompositeType::Struct(ty) => CompositeType::Struct(StructType {
                fields: ty
                    .fields
                    .iter()
                    .map(|field| field.map_index(&mut map))
                    .collect(),
            }),
            CompositeType::Array(ty) => CompositeType::Array(ArrayType {
                element: ty.element.map_index(map),
            }),
        };
        Self {
            is_final: self.is_final,
            supertype,
            composite,
        }
    }
}

impl FieldType {
    fn map_index(self, map: impl FnOnce(TypeIndex) -> TypeIndex) -> Self {
        let storage = match self.storage {
            StorageType::Val(ty) => StorageType::Val(ty.map_index(map)),
            packed => packed,
        };
        Self { storage, ..self }
    }
}

impl fmt::Display for FuncType {
    /// Writes `(i32, i32) -> i64`, as engines print signatures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, types: &[ValType]| {
            f.write_str("(")?;
            for (i, ty) in types.iter().enumerate() {
                if i > 0 {
                    f.write_str(", ")?;
                }
                ty.fmt(f)?;
            }
            f.write_str(")")
        };
        list(f, self.params())?;
        f.write_str(" -> ")?;
        match self.results() {
            [one] => one.fmt(f),
            many => list(f, many),
        }
    }
}

impl fmt::Display for SubType {
    /// As in the text format, roughly: `(sub final 3 (struct …))`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = |f: &mut fmt::Formatter<'_>, field: &FieldType| {
            let storage = match field.storage {
                StorageType::I8 => "i8".to_owned(),
                StorageType::I16 => "i16".to_owned(),
                StorageType::Val(ty) => ty.to_string(),
            };
            match field.mutable {
                true => write!(f, " (mut {storage})"),
                false => write!(f, " {storage}"),
            }
        };
        if self.supertype.is_some() || !self.is_final {
            f.write_str(if self.is_final { "final sub " } else { "sub " })?;
        }
        match &self.composite {
            CompositeType::Func(ty) => write!(f, "func {ty}"),
            CompositeType::Struct(ty) => {
                f.write_str("struct")?;
                ty.fields.iter().try_for_each(|each| field(f, each))
            }
            CompositeType::Array(ty) => {
                f.write_str("array")?;
                field(f, &ty.element)
            }
        }
    }
}
