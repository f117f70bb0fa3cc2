//! JMESPath queries.

use jmespath::{Expression, Variable};
use serde_json::Value;

use crate::exit::Failure;

/// A JMESPath expression.
#[derive(Debug, Clone)]
pub(crate) struct Query(Expression<'static>);

impl Query {
    /// Parses an expression.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let compiled = jmespath::compile(text);
        compiled.map(Self).map_err(|error| error.to_string())
    }

    /// Applies the expression to a value.
    pub(super) fn apply(&self, value: Value) -> Result<Value, Failure> {
        let refused = |error: &dyn std::fmt::Display| Failure::Usage(format!("--query: {error}"));
        let value = Variable::try_from(value).map_err(|error| refused(&error))?;
        let found = self.0.search(value).map_err(|error| refused(&error))?;
        serde_json::to_value(&*found).map_err(|error| refused(&error))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_expression_chooses_and_shapes() {
        let birds = json!([
            {"Name": "OSPREY", "Age": 3},
            {"Name": "EAGLE", "Age": 12},
        ]);
        for (text, expected) in [
            ("[?Age > `5`].Name", json!(["EAGLE"])),
            ("length(@)", json!(2)),
            ("[].{n: Name}", json!([{"n": "OSPREY"}, {"n": "EAGLE"}])),
            ("[9]", Value::Null),
        ] {
            let query = Query::read(text).unwrap();
            assert_eq!(query.apply(birds.clone()).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn an_invalid_expression_is_rejected_with_a_reason() {
        let refused = Query::read("[?Age >").unwrap_err();
        assert!(refused.contains("[?Age >"), "{refused}");
        let query = Query::read("abs(@)").unwrap();
        assert!(matches!(query.apply(json!("x")), Err(Failure::Usage(_))));
    }
}
