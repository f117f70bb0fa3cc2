//! The wire format of a page.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor,
};

use super::Page;
use crate::decode::{Response, Unreadable, read_seed};

/// An object with items of any type and possibly a continuation token. Their names depend on the
/// operation; case does not matter.
///
/// Deserialized by hand, because derived code would also accept an array.
struct Envelope<R> {
    items: &'static str,
    token: Option<&'static str>,
    row: PhantomData<R>,
}

impl<R> Clone for Envelope<R> {
    fn clone(&self) -> Self {
        Self {
            items: self.items,
            token: self.token,
            row: PhantomData,
        }
    }
}

/// Parses a page; without a name for the items, the response is an array of them.
pub(crate) fn read<R: DeserializeOwned>(
    response: &Response,
    items: &'static str,
    token: Option<&'static str>,
) -> Result<Page<R>, Unreadable> {
    if items.is_empty() {
        let items = read_seed(response, &PhantomData::<Vec<R>>)?;
        return Ok(Page::new(items, None));
    }
    let envelope = Envelope {
        items,
        token,
        row: PhantomData,
    };
    read_seed(response, &envelope)
}

impl<'de, R: DeserializeOwned> DeserializeSeed<'de> for Envelope<R> {
    type Value = Page<R>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Page<R>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, R: DeserializeOwned> Visitor<'de> for Envelope<R> {
    type Value = Page<R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`, as a list is", self.items)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Page<R>, A::Error> {
        let mut items = None;
        let mut token = None;
        while let Some(key) = members.next_key_seed(Key(&self))? {
            match key {
                Member::Items if items.is_some() => {
                    return Err(A::Error::custom(format!(
                        "duplicate field `{}`",
                        self.items
                    )));
                }
                Member::Items => {
                    let listed: Option<Vec<R>> = members.next_value()?;
                    items = Some(listed.unwrap_or_default());
                }
                Member::Token => token = members.next_value()?,
                Member::Other => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        let items =
            items.ok_or_else(|| A::Error::custom(format!("missing field `{}`", self.items)))?;
        Ok(Page::new(items, token))
    }
}

enum Member {
    Items,
    Token,
    Other,
}

struct Key<'a, R>(&'a Envelope<R>);

impl<'de, R> DeserializeSeed<'de> for Key<'_, R> {
    type Value = Member;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Member, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<R> Visitor<'_> for Key<'_, R> {
    type Value = Member;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E>(self, name: &str) -> Result<Member, E> {
        Ok(if name.eq_ignore_ascii_case(self.0.items) {
            Member::Items
        } else if self.0.token.is_some_and(|it| name.eq_ignore_ascii_case(it)) {
            Member::Token
        } else {
            Member::Other
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn seeded<R: DeserializeOwned>(
        response: &Value,
    ) -> Result<Page<R>, serde_path_to_error::Error<serde_json::Error>> {
        let mut track = serde_path_to_error::Track::new();
        let envelope = Envelope {
            items: "Items",
            token: Some("ContinuationToken"),
            row: PhantomData,
        };
        envelope
            .deserialize(serde_path_to_error::Deserializer::new(response, &mut track))
            .map_err(|error| serde_path_to_error::Error::new(track.path(), error))
    }

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
        fn any_json_is_a_page_with_its_items_or_a_readable_error(response in anything()) {
            let (items, token) = (&response["Items"], &response["ContinuationToken"]);
            let readable = token.is_null() || token.is_string();
            match seeded::<Value>(&response) {
                Ok(page) => {
                    let listed = items.as_array().cloned().unwrap_or_default();
                    prop_assert_eq!(listed, page.items.clone());
                    prop_assert!(items.is_array() || response.get("Items").is_some_and(Value::is_null));
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
    fn an_item_that_is_not_a_row_is_named() {
        #[derive(serde::Deserialize, Debug)]
        #[serde(rename_all = "PascalCase")]
        #[allow(dead_code)]
        struct Row {
            count: u8,
        }

        let page = json!({ "Items": [{ "Count": 1 }, { "Count": "two" }] });
        let error = seeded::<Row>(&page).unwrap_err();
        assert_eq!(error.path().to_string(), "Items[1].Count");
    }
}
