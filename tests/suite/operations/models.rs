//! Samples of models, built from the table of models.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::{Map, Value, json};

/// How deep a sample is before it omits optional fields.
const DEPTH: usize = 4;

/// The models of the table by name.
pub(super) struct Models(BTreeMap<String, Model>);

enum Model {
    Object(Vec<Field>),
    Enum(Vec<String>),
}

/// A field of a model in the table.
#[derive(Clone)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) nullable: bool,
    pub(super) kind: String,
}

impl Models {
    pub(super) fn read() -> &'static Self {
        static MODELS: OnceLock<Models> = OnceLock::new();
        MODELS.get_or_init(|| {
            let text = super::table("daas-models.txt");
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            Self(lines.map(model).collect())
        })
    }

    /// Returns the fields of an object; none for any other type.
    pub(super) fn fields(&self, name: &str) -> &[Field] {
        match self.0.get(name) {
            Some(Model::Object(fields)) => fields,
            _ => &[],
        }
    }

    /// Returns a value of a type, with every field.
    pub(super) fn sample(&self, kind: &str) -> Value {
        self.at(kind, 0)
    }

    /// Returns a body as `new` builds it from the required fields, or with every setter. Each value
    /// is derived from the name of its field. A model nested in itself has only the required
    /// fields.
    pub(super) fn body(&self, kind: &str, name: &str, all: bool) -> Value {
        if let Some(items) = kind.strip_prefix("[]") {
            return json!([self.body(items, name, all)]);
        }
        if let Some(inner) = kind.strip_prefix("map<") {
            return json!({ "a key": self.body(inner.trim_end_matches('>'), name, all) });
        }
        match kind {
            "string" => json!(name),
            "int32" | "int64" | "int" => json!(name.len()),
            "float32" | "float64" => json!(name.len() as f64 + 0.5),
            model => match self.0.get(model) {
                Some(Model::Object(fields)) => {
                    let kept = fields.iter().filter(|field| all || field.required);
                    let kept = kept.map(|field| {
                        let all = all && !self.holds(&field.kind, model);
                        (field.name.clone(), self.body(&field.kind, &field.name, all))
                    });
                    Value::Object(kept.collect::<Map<_, _>>())
                }
                _ => self.sample(kind),
            },
        }
    }

    /// Returns whether a type is a model or contains it at any depth.
    fn holds(&self, kind: &str, model: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut left = vec![kind];
        while let Some(kind) = left.pop() {
            let name = kind.trim_start_matches("[]").trim_start_matches("map<");
            let name = name.trim_end_matches('>');
            if name == model {
                return true;
            }
            if seen.insert(name) {
                left.extend(self.fields(name).iter().map(|field| field.kind.as_str()));
            }
        }
        false
    }

    fn at(&self, kind: &str, depth: usize) -> Value {
        if let Some(items) = kind.strip_prefix("[]") {
            return json!([self.at(items, depth), self.at(items, depth)]);
        }
        if let Some(inner) = kind.strip_prefix("map<") {
            return json!({ "a key": self.at(inner.trim_end_matches('>'), depth) });
        }
        match kind {
            "string" => json!("text"),
            "time.Time" => json!("2026-11-25T10:00:00Z"),
            "bool" => json!(true),
            "int32" | "int64" | "int" => json!(7),
            "float32" | "float64" => json!(1.5),
            "any" => json!({ "any": ["thing"] }),
            model => match self.0.get(model) {
                Some(Model::Enum(values)) => json!(values.last()),
                Some(Model::Object(fields)) => {
                    let kept = fields
                        .iter()
                        .filter(|field| field.required || depth < DEPTH);
                    let kept = kept.map(|it| (it.name.clone(), self.at(&it.kind, depth + 1)));
                    Value::Object(kept.collect::<Map<_, _>>())
                }
                None => panic!("the table has no `{model}`"),
            },
        }
    }
}

fn model(line: &str) -> (String, Model) {
    let mut words = line.split(' ');
    let (kind, name) = (words.next().unwrap(), words.next().unwrap());
    let model = match kind {
        "enum" => {
            let values = line.split_once(" = ").unwrap().1;
            Model::Enum(values.split(" | ").map(str::to_owned).collect())
        }
        _ => Model::Object(
            words
                .filter(|word| !["{", "}", ""].contains(word))
                .map(field)
                .collect(),
        ),
    };
    (name.to_owned(), model)
}

fn field(word: &str) -> Field {
    let (name, kind) = word.split_once(':').unwrap();
    Field {
        name: name.trim_end_matches('?').to_owned(),
        required: !name.ends_with('?'),
        nullable: kind.ends_with("|null"),
        kind: kind.trim_end_matches("|null").to_owned(),
    }
}
