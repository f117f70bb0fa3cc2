//! Enumerations: numbers with names, open to unknown numbers.

/// Declares an enumeration: its values with their numbers and names.
macro_rules! enumeration {
    (
        $(#[doc = $doc:expr])*
        $name:ident { $($(#[doc = $about:expr])* $constant:ident = $number:literal $text:literal;)* }
    ) => {
        $(#[doc = $doc])*
        ///
        /// It is displayed by name; an unknown number is kept and displayed as a number.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub i64);

        impl $name {
            $($(#[doc = $about])* pub const $constant: Self = Self($number);)*

            /// The known numbers with their names.
            pub const KNOWN: &'static [(i64, &'static str)] = &[$(($number, $text)),*];

            /// Returns the name of the number, if it has one.
            #[must_use]
            pub fn name(self) -> Option<&'static str> {
                $crate::services::monitor::enumeration::name(Self::KNOWN, self.0)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                $crate::services::monitor::enumeration::show(self.name(), self.0, f)
            }
        }

        impl From<$name> for $crate::services::monitor::Literal {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl $crate::services::monitor::Kind for $name {
            type Value = Self;
            const NAME: &'static str = stringify!($name);

            fn read<'de, D: ::serde::Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                $crate::services::monitor::Int::read(from).map(|it| it.map(Self))
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_i64(self.0)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                i64::deserialize(from).map(Self)
            }
        }

        impl $crate::services::monitor::Comparable for $name {}
        impl $crate::services::monitor::Ordered for $name {}
    };
}

pub(super) use enumeration;

pub(super) fn name(known: &[(i64, &'static str)], number: i64) -> Option<&'static str> {
    let found = known.iter().find(|it| it.0 == number);
    found.map(|it| it.1)
}

pub(super) fn show(
    name: Option<&str>,
    number: i64,
    f: &mut std::fmt::Formatter<'_>,
) -> std::fmt::Result {
    match name {
        Some(name) => f.pad(name),
        None => f.pad(&number.to_string()),
    }
}
