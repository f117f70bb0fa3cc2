//! Building blocks of generated types: secrets and open enums.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Text that must not be shown: a password, a client secret, a token.
///
/// It is serialized as a plain string; `Debug` shows `***`.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
pub struct Secret(String);

impl Secret {
    /// Returns the text itself. Do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

// `Display` would let a secret slip into a message; a header still has to be made of its text.
#[allow(clippy::to_string_trait_impl)]
impl std::string::ToString for Secret {
    fn to_string(&self) -> String {
        self.0.clone()
    }
}

/// Deserializes a model and serializes it again.
#[cfg(feature = "__models")]
#[doc(hidden)]
pub type Reread = fn(&[u8]) -> Result<Vec<u8>, String>;

/// Deserializes JSON as a model and serializes it again; errors contain the path.
#[cfg(feature = "__models")]
#[doc(hidden)]
pub fn reread<T: Serialize + serde::de::DeserializeOwned>(json: &[u8]) -> Result<Vec<u8>, String> {
    let model: T = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    serde_json::to_vec(&model).map_err(|error| error.to_string())
}

/// Reads text, with words for what was expected; one piece of code for all enums.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Text(pub &'static str);

impl<'de> serde::de::Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(text))
    }
}

/// Declares a string enum that keeps unknown values in `Unlisted`, with their text.
///
/// Such a value is serialized unchanged. The variant is not named `Other`, because documents have
/// values of that name.
#[doc(hidden)]
#[macro_export]
macro_rules! open_enum {
    (
        $(#[doc = $doc:expr])*
        $visibility:vis enum $name:ident { $($variant:ident = $value:literal,)+ }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        $visibility enum $name {
            $(#[doc = concat!("`", $value, "`.")] $variant,)+
            /// A value that the document does not list, with its text.
            Unlisted(::std::boxed::Box<str>),
        }

        #[allow(unreachable_pub)]
        impl $name {
            /// The values listed in the document.
            pub const KNOWN: &'static [&'static str] = &[$($value),+];

            /// Returns the text as it is on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Unlisted(text) => text,
                }
            }
        }

        impl ::std::convert::From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($value => Self::$variant,)+
                    other => Self::Unlisted(other.into()),
                }
            }
        }

        impl ::std::convert::From<::std::string::String> for $name {
            fn from(text: ::std::string::String) -> Self {
                Self::from(text.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                Ok(Self::from(text))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                let expected = $crate::wire::Text(concat!("text, a ", stringify!($name)));
                let text = deserializer.deserialize_str(expected)?;
                Ok(Self::from(&*text))
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                // The enum is open: any text is valid, so the known values are examples only.
                let mut schema =
                    <::std::string::String as ::schemars::JsonSchema>::json_schema(generator);
                schema.insert("examples".to_owned(), Self::KNOWN.into());
                schema
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Secret;

    crate::open_enum! {
        /// Whether it is on.
        pub(super) enum Power { On = "On", TurningOn = "turning-on", }
    }

    #[test]
    fn unknown_values_come_back_out_as_they_went_in() {
        let read: Vec<Power> = serde_json::from_str(r#"["On","turning-on","Melting"]"#).unwrap();
        assert_eq!(
            read,
            [
                Power::On,
                Power::TurningOn,
                Power::Unlisted("Melting".into())
            ]
        );
        assert_eq!(
            serde_json::to_string(&read).unwrap(),
            r#"["On","turning-on","Melting"]"#
        );
        assert_eq!(Power::KNOWN, ["On", "turning-on"]);
    }

    #[test]
    fn secrets_are_not_shown() {
        assert_eq!(format!("{:?}", Secret::from("hunter2")), "***");
        assert_eq!(
            serde_json::to_string(&Secret::from("hunter2")).unwrap(),
            r#""hunter2""#
        );
    }
}
