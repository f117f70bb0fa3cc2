//! The arguments of a tool: those of its command, in JSON.

use std::any::TypeId;
use std::num::NonZeroUsize;

use clap::{Arg, ArgAction, Command};
use rmcp::model::JsonObject;
use serde_json::{Map, Value, json};

use crate::exit::Failure;
use crate::near::near;

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Texts,
    Integer,
    /// An option without a value.
    Flag,
    /// An option whose value is `true` or `false`.
    Boolean,
    Object,
}

/// An argument of a tool.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) form: Form,
    pub(super) required: bool,
    pub(super) description: String,
    pub(super) values: Vec<String>,
    /// Its option on the command line, unless it is positional.
    option: Option<String>,
    least: Option<u64>,
    most: Option<u64>,
}

impl Parameter {
    /// Creates a parameter that no command has.
    pub(super) fn new(name: &str, form: Form, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            form,
            required: false,
            description: description.to_owned(),
            values: Vec::new(),
            option: None,
            least: None,
            most: None,
        }
    }

    pub(super) fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(super) fn within(mut self, least: u64, most: u64) -> Self {
        (self.least, self.most) = (Some(least), Some(most));
        self
    }

    /// Creates the parameter for a command's argument.
    pub(super) fn of(arg: &Arg) -> Self {
        let help = arg.get_long_help().or(arg.get_help());
        let mut description = help.map(ToString::to_string).unwrap_or_default();
        let of_time = |name: &str| matches!(name, "DURATION" | "LENGTH");
        let names = arg.get_value_names().unwrap_or_default();
        if !description.ends_with(['.', ']']) {
            description.push('.');
        }
        if names.iter().any(|it| of_time(it)) {
            description += " A length of time such as 30m, 8h or 2d.";
        }
        let values = arg.get_possible_values();
        let values: Vec<String> = values.iter().map(|it| it.get_name().to_owned()).collect();
        Self {
            name: json_name(arg.get_id().as_str()),
            form: form(arg),
            required: arg.is_required_set(),
            values: match form(arg) {
                Form::Text | Form::Texts => values,
                _ => Vec::new(),
            },
            description,
            option: arg.get_long().map(str::to_owned),
            least: None,
            most: None,
        }
    }

    /// Returns the parameters for those arguments of a command that have these ids.
    pub(super) fn of_command(command: &Command, ids: &[&str]) -> Vec<Self> {
        let find = |id: &&str| command.get_arguments().find(|arg| arg.get_id() == *id);
        ids.iter().filter_map(find).map(Self::of).collect()
    }

    fn schema(&self) -> Value {
        let mut text = json!({ "type": "string" });
        if !self.values.is_empty() {
            text["enum"] = json!(self.values);
        }
        let mut schema = match self.form {
            Form::Text => text,
            Form::Texts => json!({ "type": "array", "items": text }),
            Form::Integer => json!({ "type": "integer" }),
            Form::Flag | Form::Boolean => json!({ "type": "boolean" }),
            Form::Object => json!({ "type": "object" }),
        };
        schema["description"] = json!(self.description);
        if let Some(least) = self.least {
            schema["minimum"] = json!(least);
        }
        if let Some(most) = self.most {
            schema["maximum"] = json!(most);
        }
        schema
    }

    /// Returns the equivalent arguments of the command; `value` must have the right form.
    fn words(&self, value: &Value) -> Vec<String> {
        let word = |text: &str| match &self.option {
            Some(option) => format!("--{option}={text}"),
            None => text.to_owned(),
        };
        match (self.form, value) {
            (Form::Flag, Value::Bool(true)) => {
                self.option.iter().map(|it| format!("--{it}")).collect()
            }
            (Form::Flag, _) => Vec::new(),
            (_, Value::Array(items)) => items.iter().filter_map(Value::as_str).map(word).collect(),
            (_, Value::String(text)) => vec![word(text)],
            (_, other) => vec![word(&other.to_string())],
        }
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let right = match (self.form, value) {
            (Form::Text, Value::String(text)) => return self.one_of(text),
            (Form::Texts, Value::Array(items)) if items.iter().all(Value::is_string) => {
                let mut texts = items.iter().filter_map(Value::as_str);
                return texts.try_for_each(|it| self.one_of(it));
            }
            (Form::Integer, Value::Number(number)) => match number.as_i64() {
                Some(number) => return self.in_range(number),
                None => false,
            },
            (Form::Flag | Form::Boolean, Value::Bool(_)) | (Form::Object, Value::Object(_)) => true,
            _ => false,
        };
        match right {
            true => Ok(()),
            false => Err(format!("needs {}", self.form.words())),
        }
    }

    fn one_of(&self, text: &str) -> Result<(), String> {
        if text.contains(char::is_control) && self.name != "text" {
            return Err("has a control character in it".to_owned());
        }
        let known = self.values.iter().any(|it| it.eq_ignore_ascii_case(text));
        match self.values.is_empty() || known {
            true => Ok(()),
            false => Err(format!("is `{text}`; it can be {}", self.values.join(", "))),
        }
    }

    fn in_range(&self, number: i64) -> Result<(), String> {
        let least = self.least.map(i64::try_from).and_then(Result::ok);
        let most = self.most.map(i64::try_from).and_then(Result::ok);
        match (least, most) {
            (Some(least), Some(most)) if number < least || number > most => {
                Err(format!("is {number}; it can be from {least} to {most}"))
            }
            _ => Ok(()),
        }
    }
}

impl Form {
    fn words(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Texts => "a list of strings",
            Self::Integer => "a whole number",
            Self::Flag | Self::Boolean => "true or false",
            Self::Object => "an object",
        }
    }
}

fn form(arg: &Arg) -> Form {
    let parser = arg.get_value_parser().type_id();
    let is = |id: TypeId| parser == id;
    match arg.get_action() {
        ArgAction::SetTrue => Form::Flag,
        ArgAction::Append => Form::Texts,
        _ if is(TypeId::of::<bool>()) => Form::Boolean,
        _ if is(TypeId::of::<i64>())
            || is(TypeId::of::<usize>())
            || is(TypeId::of::<NonZeroUsize>()) =>
        {
            Form::Integer
        }
        _ => Form::Text,
    }
}

/// Returns the name of an argument in JSON.
pub(super) fn json_name(id: &str) -> String {
    id.replace('-', "_")
}

/// Returns the JSON Schema of all parameters.
pub(super) fn schema(parameters: &[Parameter]) -> JsonObject {
    let properties = parameters.iter().map(|it| (it.name.clone(), it.schema()));
    let required = parameters.iter().filter(|it| it.required);
    let required: Vec<&str> = required.map(|it| it.name.as_str()).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert(
        "properties".to_owned(),
        properties.collect::<Map<_, _>>().into(),
    );
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema
}

/// Checks that arguments are valid for a tool.
///
/// # Errors
///
/// A message that names the argument and the problem.
pub(super) fn check(parameters: &[Parameter], given: &JsonObject) -> Result<(), Failure> {
    for (name, value) in given {
        let Some(parameter) = parameters.iter().find(|it| it.name == *name) else {
            return Err(unknown(parameters, name));
        };
        parameter
            .check(value)
            .map_err(|words| Failure::Usage(format!("argument `{name}` {words}")))?;
    }
    let missing = |it: &&Parameter| it.required && !given.contains_key(&it.name);
    match parameters.iter().find(missing) {
        None => Ok(()),
        Some(it) => Err(Failure::Usage(format!("argument `{}` is missing", it.name))
            .advised(it.description.clone())),
    }
}

fn unknown(parameters: &[Parameter], name: &str) -> Failure {
    let known = || parameters.iter().map(|it| it.name.as_str());
    let near = near(name, known());
    let failure = Failure::Usage(format!("there is no argument `{name}`"));
    match (near.is_empty(), known().next()) {
        (false, _) => failure.advised(format!("did you mean {}?", near.join(" or "))),
        (true, Some(_)) => failure.advised(format!(
            "there are {}",
            known().collect::<Vec<_>>().join(", ")
        )),
        (true, None) => failure.advised("the tool takes no arguments"),
    }
}

/// Returns the arguments of the command, options first, from checked input.
pub(super) fn words(parameters: &[Parameter], given: &JsonObject) -> Vec<String> {
    let of = |placed: bool| {
        let wanted = move |it: &&Parameter| it.option.is_none() == placed;
        let values = move |it: &Parameter| given.get(&it.name).map(|value| it.words(value));
        parameters
            .iter()
            .filter(wanted)
            .filter_map(values)
            .flatten()
    };
    let options = of(false);
    let places: Vec<String> = of(true).collect();
    let end = (!places.is_empty()).then(|| "--".to_owned());
    options.chain(end).chain(places).collect()
}

/// Rewords the parameters' descriptions from options of the command line to JSON arguments.
pub(super) fn all_in_json_words(mut parameters: Vec<Parameter>) -> Vec<Parameter> {
    let in_words = |it: &Parameter| in_json_words(&parameters, &it.description);
    let descriptions: Vec<String> = parameters.iter().map(in_words).collect();
    for (parameter, description) in parameters.iter_mut().zip(descriptions) {
        parameter.description = description;
    }
    parameters
}

/// Rewords a text from options of the command line to JSON arguments.
pub(super) fn in_json_words(parameters: &[Parameter], text: &str) -> String {
    let mut text = text.replace("see what there is with --help", "see the tool's arguments");
    for parameter in parameters {
        if let Some(option) = &parameter.option {
            text = text.replace(&format!("--{option}"), &parameter.name);
        }
    }
    text
}
