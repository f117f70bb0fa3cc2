//! Entities: the rows, columns and navigations of sets, each declared once.

pub(crate) use citrix_cloud_gen::model::{Model, Reader, Writer};

pub(crate) use super::kind::Cell;
pub(crate) use super::kind::{Bool, Double, Guid, Int, List, Text, Time};
pub(crate) use super::typed::{Behind, Column, Many, Navigation, One};

/// A row of a set, or of the target of a navigation.
///
/// Every field may be missing, because columns depend on the version of the site and on what a
/// query selects.
pub trait Entity: Model + serde::de::DeserializeOwned + Send + 'static {
    /// Its description.
    #[doc(hidden)]
    const DESCRIBED: Described;
}

/// A row of a set that can be queried.
pub trait Set: Entity {
    /// The name of the set.
    const NAME: &'static str;
}

/// The description of an entity.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Described {
    /// The model's name.
    pub model: &'static str,
    /// The name of the set, or an empty string if there is none.
    pub set: &'static str,
    /// The name and kind of each column.
    pub columns: &'static [(&'static str, &'static str)],
    /// The names of the columns that queries can use.
    pub named: &'static [&'static str],
    /// The name and target of each navigation, and whether it leads to many rows.
    pub navigations: &'static [(&'static str, &'static str, bool)],
}

/// Maps the kind of a column to the type of its field; an enumeration is its own kind.
macro_rules! value {
    (Text) => { ::std::string::String };
    (Guid) => { ::uuid::Uuid };
    (Time) => { ::jiff::Timestamp };
    (Int) => { ::std::primitive::i64 };
    (Double) => { ::std::primitive::f64 };
    (Bool) => { ::std::primitive::bool };
    (List) => { ::std::vec::Vec<::serde_json::Value> };
    ($enumeration:ident) => { $enumeration };
}

/// Maps the number of rows that a navigation leads to to the type of its field.
macro_rules! behind {
    (one $target:ident) => { ::std::option::Option<::std::boxed::Box<$target>> };
    (many $target:ident) => { ::std::vec::Vec<$target> };
}

macro_rules! number {
    (one) => {
        One
    };
    (many) => {
        Many
    };
}

macro_rules! is_many {
    (one) => {
        false
    };
    (many) => {
        true
    };
}

/// Deserializes the rows of a navigation; a list of rows may be null.
macro_rules! read_behind {
    (one $from:ident, $into:expr) => {
        $from.value(&mut $into)
    };
    (many $from:ident, $into:expr) => {{
        let mut rows = None;
        $from.value(&mut rows)?;
        $into = rows.unwrap_or_default();
        Ok(())
    }};
}

macro_rules! in_set {
    () => {
        ""
    };
    ($set:literal) => {
        $set
    };
}

/// Names the columns that have a constant.
macro_rules! name_of {
    ($constant:ident $name:literal) => {
        $name
    };
}

/// Declares an entity: its columns, then its navigations. A column without a constant is
/// deserialized but cannot be used in queries.
macro_rules! entity {
    (
        $(#[doc = $doc:expr])*
        $model:ident $(in $set:literal)? {
            $(
                #[doc = $about:expr]
                $place:literal $field:ident $($constant:ident)? = $name:literal $kind:ident;
            )*
        }
        leads to {
            $(
                #[doc = $led:expr]
                $at:literal $lead:ident $to:ident = $path:literal $number:ident $target:ident;
            )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $model {
            $(#[doc = $about] pub $field: ::std::option::Option<value!($kind)>,)*
            $(#[doc = $led] pub $lead: behind!($number $target),)*
        }

        $($(
            #[doc = $about]
            pub const $constant: Column<$model, $kind> = Column::named($name);
        )?)*

        $(
            #[doc = $led]
            pub const $to: Navigation<$model, $target, number!($number)> = Navigation::named($path);
        )*

        /// Columns of the target of a navigation.
        impl<S, P> Navigation<S, $model, One, P> {
            $($(
                #[doc = concat!("[`", stringify!($constant), "`] of what it leads to.")]
                pub fn $field(self) -> Column<S, $kind, Behind> {
                    self.column($name)
                }
            )?)*

            $(
                #[doc = concat!("[`", stringify!($to), "`] of what it leads to.")]
                pub fn $lead(self) -> Navigation<S, $target, number!($number), Behind> {
                    self.further($path)
                }
            )*
        }

        #[doc(hidden)]
        pub const DESCRIBED: Described = Described {
            model: stringify!($model),
            set: in_set!($($set)?),
            columns: &[$(($name, stringify!($kind))),*],
            named: &[$($(name_of!($constant $name),)?)*],
            navigations: &[$(($path, stringify!($target), is_many!($number))),*],
        };

        impl Entity for $model {
            const DESCRIBED: Described = DESCRIBED;
        }

        $(
            impl Set for $model {
                const NAME: &'static str = $set;
            }
        )?

        impl Model for $model {
            const NAME: &'static str = stringify!($model);
            const FIELDS: &'static [&'static str] = &[$($name,)* $($path,)*];
            const ALIASES: &'static [(&'static str, usize)] = &[];

            type Draft = Self;

            fn read<'de, M: ::serde::de::MapAccess<'de>>(
                draft: &mut Self,
                field: usize,
                from: &mut Reader<M>,
            ) -> ::std::result::Result<(), M::Error> {
                match field {
                    $($place => {
                        let mut cell = Cell::<$kind>::default();
                        from.value(&mut cell)?;
                        draft.$field = cell.0;
                        Ok(())
                    })*
                    $($at => read_behind!($number from, draft.$lead),)*
                    _ => from.skip(),
                }
            }

            fn write<W: ::serde::ser::SerializeStruct>(&self, to: &mut Writer<W>) {
                $(to.present($name, &self.$field);)*
                $(to.present($path, &self.$lead);)*
            }
        }

        impl ::serde::Serialize for $model {
            fn serialize<W: ::serde::Serializer>(
                &self,
                to: W,
            ) -> ::std::result::Result<W::Ok, W::Error> {
                ::citrix_cloud_gen::model::write(self, to)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $model {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                from: D,
            ) -> ::std::result::Result<Self, D::Error> {
                ::citrix_cloud_gen::model::read(from)
            }
        }
    };
}

pub(super) use {behind, entity, in_set, is_many, name_of, number, read_behind, value};
