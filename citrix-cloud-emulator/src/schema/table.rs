//! Parses the tables of models.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The type of a field or parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    /// A time with its zone.
    Moment,
    Flag,
    Whole,
    Number,
    List(Box<Type>),
    Map(Box<Type>),
    /// A model or an enumeration of the tables.
    Named(&'static str),
}

/// A field of a model.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
}

/// A parameter in a query.
#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    pub(crate) required: bool,
}

/// A line of the tables.
#[derive(Debug)]
pub(crate) enum Model {
    Object(Vec<Field>),
    Enumeration(Vec<&'static str>),
}

static MODELS: LazyLock<HashMap<&'static str, Model>> = LazyLock::new(|| {
    let tables = [
        include_str!("../daas_models.txt"),
        include_str!("../cloud_models.txt"),
    ];
    let lines = tables.into_iter().flat_map(str::lines);
    lines.filter_map(read_line).collect()
});

/// Finds a model by its name.
pub(crate) fn model(name: &str) -> Option<&'static Model> {
    MODELS.get(name)
}

impl Type {
    pub(crate) fn read(text: &'static str) -> Self {
        if let Some(inner) = text.strip_prefix("[]") {
            return Self::List(Box::new(Self::read(inner)));
        }
        if let Some(inner) = text.strip_prefix("map[string]") {
            return Self::Map(Box::new(Self::read(inner)));
        }
        if let Some(inner) = text
            .strip_prefix("map<")
            .and_then(|it| it.strip_suffix('>'))
        {
            return Self::Map(Box::new(Self::read(inner)));
        }
        match text {
            "string" => Self::Text,
            "time.Time" => Self::Moment,
            "bool" => Self::Flag,
            "int32" | "int64" => Self::Whole,
            "float32" | "float64" => Self::Number,
            name => Self::Named(name),
        }
    }
}

impl Parameter {
    /// Parses `name:type`, or `name?:type` if it is optional.
    pub(crate) fn read(text: &'static str) -> Option<Self> {
        let (name, kind) = text.split_once(':')?;
        let bare = name.trim_end_matches('?');
        Some(Self {
            name: bare,
            kind: Type::read(kind),
            required: bare == name,
        })
    }
}

impl Model {
    /// Returns the fields of an object; an enumeration has none.
    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Self::Object(fields) => fields,
            Self::Enumeration(_) => &[],
        }
    }
}

fn read_line(line: &'static str) -> Option<(&'static str, Model)> {
    let (form, rest) = line.split_once(' ')?;
    match form {
        "object" => {
            let (name, fields) = rest.split_once(" {")?;
            let fields = fields.trim_end_matches('}').split_whitespace();
            Some((name, Model::Object(fields.filter_map(read_field).collect())))
        }
        "enum" => {
            let (name, values) = rest.split_once(" = ")?;
            Some((name, Model::Enumeration(values.split(" | ").collect())))
        }
        _ => None,
    }
}

fn read_field(text: &'static str) -> Option<Field> {
    let bare = text.trim_end_matches("|null");
    let Parameter {
        name,
        kind,
        required,
    } = Parameter::read(bare)?;
    Some(Field {
        name,
        kind,
        required,
        nullable: bare != text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(kind: &Type) -> Option<&'static str> {
        match kind {
            Type::List(inner) | Type::Map(inner) => named(inner),
            // Any value.
            Type::Named("any") => None,
            Type::Named(name) => Some(name),
            _ => None,
        }
    }

    #[test]
    fn every_model_that_a_field_names_is_there() {
        for (name, model) in MODELS.iter() {
            for field in model.fields() {
                let wanted = named(&field.kind);
                assert!(
                    wanted.is_none_or(|it| MODELS.contains_key(it)),
                    "{name}.{} names {wanted:?}",
                    field.name
                );
            }
        }
    }

    #[test]
    fn the_models_of_daas_are_those_of_the_facts() {
        let facts = include_str!("../../../tests/facts/daas-models.txt");
        let facts: HashMap<_, _> = facts.lines().filter_map(named_line).collect();
        for (name, line) in include_str!("../daas_models.txt")
            .lines()
            .filter_map(named_line)
        {
            assert_eq!(facts.get(name), Some(&line), "{name}");
        }
    }

    /// Splits a line into the name of a model or enumeration and its definition.
    fn named_line(line: &str) -> Option<(&str, &str)> {
        let name = line.split(' ').nth(1)?;
        (!line.starts_with('#')).then_some((name, line))
    }

    #[test]
    fn fields_say_whether_they_may_be_absent_or_null() {
        let fields = model("RefResponseModel").unwrap().fields();
        assert_eq!(fields[1].name, "Uid");
        assert_eq!(fields[1].kind, Type::Whole);
        assert!(fields[1].nullable && !fields[1].required);
        let fields = model("TagResponseModelCollection").unwrap().fields();
        assert_eq!(
            fields[0].kind,
            Type::List(Box::new(Type::Named("TagResponseModel")))
        );
        assert!(fields[0].required);
    }
}
