//! The documented structure of responses, from the lines that `cargo xtask regen` writes.

use std::collections::HashMap;

/// The lines; see `xtask/src/pipeline/commands/responses.rs`.
static LINES: &str = include_str!("responses.txt");

/// The documented operations and models, parsed on first use.
#[derive(Debug, Default)]
pub(super) struct Documents {
    responses: HashMap<&'static str, Vec<Response>>,
    models: HashMap<(&'static str, &'static str), Model>,
}

/// A success response of an operation.
#[derive(Debug, Clone)]
pub(super) struct Response {
    service: &'static str,
    pub(super) status: u16,
    /// The type of its body, if it has one.
    pub(super) body: Option<Type>,
}

/// A model.
#[derive(Debug)]
pub(super) enum Model {
    Object(Object),
    /// The documented values.
    Enum(Vec<&'static str>),
    /// Another name for a type.
    Is(Type),
}

/// An object with its fields.
#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) fields: Vec<Field>,
    /// The type of other fields, if they are allowed.
    pub(super) others: Option<Type>,
    /// Whether the names of fields come in two casings.
    pub(super) either_casing: bool,
}

/// A field of an object.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) ty: Type,
}

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Type {
    Any,
    Text,
    Time,
    Uuid,
    Integer,
    Number,
    Boolean,
    List(Box<Type>),
    Map(Box<Type>),
    OrNull(Box<Type>),
    Model(&'static str),
}

impl Documents {
    /// Parses the embedded lines.
    pub(super) fn read() -> Self {
        Self::of(LINES)
    }

    fn of(lines: &'static str) -> Self {
        let mut documents = Self::default();
        let mut service = "";
        for line in lines.lines() {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let model = match word {
                "service" => {
                    service = name;
                    continue;
                }
                "response" => {
                    let (status, body) = rest.split_once(' ').unwrap_or((rest, "none"));
                    documents.responses.entry(name).or_default().push(Response {
                        service,
                        status: status.parse().unwrap_or(200),
                        body: (body != "none").then(|| Type::of(body)),
                    });
                    continue;
                }
                "object" | "either" => Model::Object(Object {
                    either_casing: word == "either",
                    ..Object::of(rest)
                }),
                "enum" => Model::Enum(rest.trim_start_matches("= ").split(" | ").collect()),
                "is" => Model::Is(Type::of(rest)),
                _ => continue,
            };
            documents.models.insert((service, name), model);
        }
        documents
    }

    /// Returns the success responses of an operation.
    pub(super) fn responses(&self, operation: &str) -> &[Response] {
        self.responses.get(operation).map_or(&[], Vec::as_slice)
    }

    /// Returns a model that a response refers to.
    pub(super) fn model(&self, of: &Response, name: &'static str) -> Option<&Model> {
        self.models.get(&(of.service, name))
    }
}

impl Object {
    /// Parses `{ field:TYPE field?:TYPE *:TYPE }`.
    fn of(text: &'static str) -> Self {
        let mut object = Self::default();
        for part in text.split(' ') {
            let Some((name, ty)) = part.split_once(':') else {
                continue;
            };
            let ty = Type::of(ty);
            match (name, name.strip_suffix('?')) {
                ("*", _) => object.others = Some(ty),
                (_, bare) => object.fields.push(Field {
                    name: bare.unwrap_or(name),
                    required: bare.is_none(),
                    ty,
                }),
            }
        }
        object
    }
}

impl Type {
    fn of(text: &'static str) -> Self {
        let inner = |text| Box::new(Self::of(text));
        if let Some(rest) = text.strip_prefix('?') {
            return Self::OrNull(inner(rest));
        }
        if let Some(rest) = text.strip_prefix("[]") {
            return Self::List(inner(rest));
        }
        if let Some(rest) = text.strip_prefix("{}") {
            return Self::Map(inner(rest));
        }
        match text {
            "any" => Self::Any,
            "string" => Self::Text,
            "date-time" => Self::Time,
            "uuid" => Self::Uuid,
            "integer" => Self::Integer,
            "number" => Self::Number,
            "boolean" => Self::Boolean,
            name => Self::Model(name),
        }
    }

    /// Describes the type.
    pub(super) fn words(&self) -> &'static str {
        match self {
            Self::Any => "anything",
            Self::Text => "text",
            Self::Time => "a time",
            Self::Uuid => "a UUID",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::List(_) => "a list",
            Self::Map(_) | Self::Model(_) => "an object",
            Self::OrNull(inner) => inner.words(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations;

    impl Documents {
        /// Parses the documents of a test.
        pub(in super::super) fn of_test(lines: &'static str) -> Self {
            Self::of(lines)
        }
    }

    #[test]
    fn every_line_is_understood_and_leads_to_models_that_are_there() {
        let lines: Vec<&str> = LINES.lines().skip(2).collect();
        let begins = [
            "service ",
            "response ",
            "object ",
            "either ",
            "enum ",
            "is ",
        ];
        for line in &lines {
            assert!(begins.iter().any(|it| line.starts_with(it)), "{line}");
        }
        let documents = Documents::read();
        let models = lines
            .iter()
            .filter(|it| it.contains(" = ") || it.ends_with('}'));
        assert!(models.count() <= documents.models.len());
        let response = |service| Response {
            service,
            status: 200,
            body: None,
        };
        let mut open: Vec<(&'static str, Type)> = Vec::new();
        for it in documents.responses.values().flatten() {
            open.extend(it.body.clone().map(|body| (it.service, body)));
        }
        for ((service, _), model) in &documents.models {
            if let Model::Object(object) = model {
                let fields = object.fields.iter().map(|it| &it.ty);
                let types = fields.chain(&object.others).cloned();
                open.extend(types.map(|ty| (*service, ty)));
            }
        }
        while let Some((service, ty)) = open.pop() {
            match ty {
                Type::List(inner) | Type::Map(inner) | Type::OrNull(inner) => {
                    open.push((service, *inner));
                }
                Type::Model(name) => {
                    let found = documents.model(&response(service), name);
                    assert!(found.is_some(), "{service}: {name}");
                }
                _ => {}
            }
        }
    }

    #[test]
    fn every_operation_that_is_called_has_its_response() {
        let documents = Documents::read();
        for operation in operations::all() {
            if super::super::plan::is_called(operation) {
                let id = operation.meta.id;
                assert!(!documents.responses(id).is_empty(), "{id}");
            }
        }
    }

    #[test]
    fn a_line_of_each_kind_is_read() {
        let documents = Documents::of(
            "service a\nresponse GetX 200 ?X\nobject X { A:[]?date-time B?:{}Y *:any }\nenum Y = One \
             | Two of it\nresponse GetX 204 none",
        );
        let responses = documents.responses("GetX");
        assert_eq!(
            responses[0].body,
            Some(Type::OrNull(Box::new(Type::Model("X"))))
        );
        assert_eq!((responses[1].status, &responses[1].body), (204, &None));
        let Some(Model::Object(x)) = documents.model(&responses[0], "X") else {
            panic!("no object");
        };
        let time = Type::OrNull(Box::new(Type::Time));
        assert_eq!(x.fields[0].ty, Type::List(Box::new(time)));
        assert_eq!((x.fields[0].required, x.fields[1].required), (true, false));
        assert_eq!(x.others, Some(Type::Any));
        let Some(Model::Enum(values)) = documents.model(&responses[0], "Y") else {
            panic!("no enumeration");
        };
        assert_eq!(values, &["One", "Two of it"]);
    }
}
