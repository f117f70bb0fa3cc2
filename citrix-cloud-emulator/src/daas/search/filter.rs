//! Conditions of a search.

use serde_json::Value;

use crate::daas::resource::Fields;
use crate::http::Reply;
use crate::http::errors::common;

/// The conditions of a search, of which all or any must match.
#[derive(Debug)]
pub(in crate::daas) struct Filter {
    any: bool,
    conditions: Vec<Condition>,
    groups: Vec<Filter>,
}

#[derive(Debug)]
struct Condition {
    property: String,
    operator: String,
    value: String,
}

impl Filter {
    pub(in crate::daas) fn read(body: &Fields) -> Result<Self, Reply> {
        Self::group(body, "SearchFilterGroupsType")
    }

    /// Conditions are combined as the group says, and groups as `joined_by` says.
    fn group(body: &Fields, joined_by: &str) -> Result<Self, Reply> {
        let is_or = |word: &str| body.get(word).is_some_and(|it| it == "Or");
        let items = |list: &str| {
            let items = body
                .get(list)
                .and_then(Value::as_array)
                .cloned()
                .unwrap_or_default();
            items.into_iter().filter_map(|it| it.as_object().cloned())
        };
        let conditions = items("SearchFilters").map(|it| {
            let text = |field: &str| match it.get(field) {
                Some(Value::String(text)) => text.clone(),
                _ => String::new(),
            };
            Condition {
                property: text("Property"),
                operator: text("Operator"),
                value: text("Value").to_lowercase(),
            }
        });
        // In the configuration log, one field combines both the conditions and the groups.
        let one_word = is_or("SearchType");
        if one_word {
            return Ok(Self {
                any: true,
                conditions: conditions.collect(),
                groups: items("SearchFilterGroups")
                    .map(|it| Self::group(&it, joined_by))
                    .collect::<Result<_, _>>()?,
            });
        }
        let conditions = Self {
            any: is_or("SearchFilterGroupType"),
            conditions: conditions.collect(),
            groups: Vec::new(),
        };
        let groups = items("SearchFilterGroups").map(|it| Self::group(&it, joined_by));
        let groups = Self {
            any: is_or(joined_by),
            conditions: Vec::new(),
            groups: groups.collect::<Result<_, _>>()?,
        };
        for condition in &conditions.conditions {
            condition.check()?;
        }
        Ok(Self {
            any: false,
            conditions: Vec::new(),
            groups: vec![conditions, groups],
        })
    }

    /// Returns whether something with these properties matches the search.
    pub(in crate::daas) fn fits(&self, property: &impl Fn(&str) -> Value) -> Result<bool, Reply> {
        if self.conditions.is_empty() && self.groups.is_empty() {
            return Ok(true);
        }
        let mut results = Vec::new();
        for condition in &self.conditions {
            results.push(condition.fits(&property(&condition.property)));
        }
        for group in &self.groups {
            results.push(group.fits(property)?);
        }
        Ok(if self.any {
            results.contains(&true)
        } else {
            !results.contains(&false)
        })
    }
}

impl Condition {
    /// Rejects conditions that no publication of Citrix's explains.
    fn check(&self) -> Result<(), Reply> {
        if matches!(self.operator.as_str(), "IsWithin" | "IsNotWithin") {
            return Err(common::invalid_string("Operator"));
        }
        Ok(())
    }

    fn fits(&self, have: &Value) -> bool {
        if let Some(positive) = self.operator.strip_prefix("Not") {
            return !self.one(positive, have);
        }
        self.one(&self.operator, have)
    }

    fn one(&self, operator: &str, have: &Value) -> bool {
        let have = texts(have);
        let wanted = self.value.as_str();
        let any = |fits: &dyn Fn(&str) -> bool| have.iter().any(|it| fits(it));
        match operator {
            "Equals" => any(&|it| it == wanted) || (have.is_empty() && wanted.is_empty()),
            "LessThan" => any(&|it| rank(it) < rank(wanted)),
            "GreaterThan" => any(&|it| rank(it) > rank(wanted)),
            "LessThanOrEquals" => any(&|it| rank(it) <= rank(wanted)),
            "GreaterThanOrEquals" => any(&|it| rank(it) >= rank(wanted)),
            "Like" | "ContainsLike" => any(&|it| like(it, wanted)),
            "EndsWith" | "ContainsEndsWith" => any(&|it| it.ends_with(wanted)),
            "StartsWith" | "ContainsStartsWith" => any(&|it| it.starts_with(wanted)),
            "Contains" => any(&|it| it.contains(wanted)),
            "In" => any(&|it| wanted.split(',').any(|one| one.trim() == it)),
            "Any" => !have.is_empty(),
            "None" => have.is_empty(),
            _ => false,
        }
    }
}

/// Returns a sort key: numbers by size, everything else by its letters.
pub(in crate::daas) fn order(value: &Value) -> (u64, String) {
    rank(&texts(value).join(","))
}

fn rank(text: &str) -> (u64, String) {
    match text.parse() {
        Ok(number) => (number, String::new()),
        Err(_) => (u64::MAX, text.to_owned()),
    }
}

/// Returns the lowercase texts of a property; a list has several.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.to_lowercase()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(it) => it.get("Name").map(texts).unwrap_or_default(),
        other => vec![other.to_string()],
    }
}

/// Matches a pattern in which `*` stands for anything.
fn like(text: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else {
        return text == pattern;
    };
    let Some(mut left) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        match left.find(part) {
            Some(at) => left = left.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    left.len() >= last.len() && left.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fits(body: &Value) -> bool {
        let filter = Filter::read(body.as_object().unwrap()).unwrap();
        let machine = json!({
            "MachineName": "DEMOLAB\\OSPREY", "SessionCount": 2, "Tags": ["Blue", "Green"], "PowerState": "On",
        });
        filter.fits(&|name: &str| machine[name].clone()).unwrap()
    }

    fn filter(property: &str, operator: &str, value: &str) -> Value {
        json!({ "Property": property, "Operator": operator, "Value": value })
    }

    #[test]
    fn operators_compare_without_regard_to_case() {
        for (property, operator, value, expected) in [
            ("PowerState", "Equals", "on", true),
            ("PowerState", "NotEquals", "On", false),
            ("SessionCount", "GreaterThan", "10", false),
            ("SessionCount", "LessThanOrEquals", "10", true),
            ("MachineName", "Like", "demolab\\*rey", true),
            ("MachineName", "NotLike", "*eagle*", true),
            ("Tags", "Contains", "green", true),
            ("Tags", "In", "red, blue", true),
            ("Tags", "None", "", false),
            ("Zone", "None", "", true),
        ] {
            let body = json!({ "SearchFilters": [filter(property, operator, value)] });
            assert_eq!(fits(&body), expected, "{property} {operator} {value}");
        }
    }

    #[test]
    fn groups_join_conditions_by_their_own_word() {
        let on = filter("PowerState", "Equals", "On");
        let off = filter("PowerState", "Equals", "Off");
        assert!(!fits(&json!({ "SearchFilters": [on, off] })));
        let either = json!({ "SearchFilterGroupType": "Or", "SearchFilters": [on, off] });
        assert!(fits(&json!({ "SearchFilterGroups": [either] })));
        let never = json!({ "SearchFilters": [off] });
        assert!(!fits(&json!({ "SearchFilterGroups": [either, never] })));
        let body = json!({ "SearchFilterGroups": [either, never], "SearchFilterGroupsType": "Or" });
        assert!(fits(&body));
    }
}
