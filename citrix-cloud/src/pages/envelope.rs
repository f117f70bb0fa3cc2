//! A page as it is on the wire.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};

use super::Page;

/// An object with `Items` of any type, and perhaps a `ContinuationToken`.
///
/// Read by hand, since derived code would take an array for such an object.
#[derive(Debug)]
pub(super) struct PageEnvelope<R> {
    items: Vec<R>,
    continuation_token: Option<String>,
}

impl<R> From<PageEnvelope<R>> for Page<R> {
    fn from(listed: PageEnvelope<R>) -> Self {
        Self::new(listed.items, listed.continuation_token)
    }
}

#[derive(serde::Deserialize)]
#[serde(field_identifier)]
enum Key {
    Items,
    ContinuationToken,
    #[serde(other)]
    Other,
}

impl<'de, R: Deserialize<'de>> Deserialize<'de> for PageEnvelope<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object(PhantomData))
    }
}

struct Object<R>(PhantomData<R>);

impl<'de, R: Deserialize<'de>> Visitor<'de> for Object<R> {
    type Value = PageEnvelope<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `Items`, as a list is")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<PageEnvelope<R>, A::Error> {
        let mut items = None;
        let mut continuation_token = None;
        while let Some(key) = members.next_key()? {
            match key {
                Key::Items if items.is_some() => return Err(A::Error::duplicate_field("Items")),
                Key::Items => items = Some(members.next_value()?),
                Key::ContinuationToken => continuation_token = members.next_value()?,
                Key::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(PageEnvelope {
            items: items.ok_or_else(|| A::Error::missing_field("Items"))?,
            continuation_token,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let key = prop_oneof!["Items", "ContinuationToken", "[a-zA-Z]{0,6}"];
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..4)
                    .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_a_page_with_its_items_or_a_readable_error(answer in anything()) {
            let (items, token) = (&answer["Items"], &answer["ContinuationToken"]);
            let readable = token.is_null() || token.is_string();
            match serde_path_to_error::deserialize::<_, PageEnvelope<Value>>(&answer) {
                Ok(listed) => {
                    prop_assert_eq!(items.as_array(), Some(&listed.items));
                    let page = Page::from(listed);
                    let token = token.as_str().filter(|it| !it.is_empty());
                    prop_assert_eq!(page.continuation(), token);
                }
                Err(error) if items.is_array() => {
                    prop_assert!(!readable);
                    prop_assert_eq!(error.path().to_string(), "ContinuationToken");
                }
                Err(error) => {
                    let said = format!("{}: {}", error.path(), error.inner());
                    prop_assert!(said.contains("Items") || !readable, "{said}");
                }
            }
        }
    }

    #[test]
    fn an_item_that_is_no_row_is_named() {
        #[derive(serde::Deserialize, Debug)]
        #[serde(rename_all = "PascalCase")]
        #[allow(dead_code)]
        struct Row {
            count: u8,
        }

        let page = json!({ "Items": [{ "Count": 1 }, { "Count": "two" }] });
        let error = serde_path_to_error::deserialize::<_, PageEnvelope<Row>>(&page).unwrap_err();
        assert_eq!(error.path().to_string(), "Items[1].Count");
    }
}
