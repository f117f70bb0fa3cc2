//! The file with the profiles.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use toml_edit::{Document, DocumentMut, Item, Table, value};

use super::field::{self, Field};
use super::private::{OthersMay, lock, read_private};
use crate::exit::Failure;
use crate::near::near;
use crate::output::escaped;

/// The field with the default profile.
const DEFAULT_PROFILE: &str = "default_profile";

/// The table with all profiles.
const PROFILES: &str = "profiles";

/// The fields of a profile.
pub(crate) type Profile = BTreeMap<Field, String>;

/// The content of the file. Comments are preserved.
#[derive(Debug, Clone, Default)]
pub(crate) struct Config {
    document: DocumentMut,
    default: Option<String>,
    profiles: BTreeMap<String, Profile>,
}

/// The file, `config.toml` in the settings folder.
#[derive(Debug, Clone)]
pub(crate) struct ConfigFile {
    path: PathBuf,
}

impl ConfigFile {
    pub(crate) fn new(folder: &std::path::Path) -> Self {
        Self {
            path: folder.join("config.toml"),
        }
    }

    /// Reads the content; empty if the file does not exist.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is invalid; the message names the line and the field.
    pub(crate) fn read(&self) -> Result<Config, Failure> {
        match read_private(&self.path, OthersMay::Read)? {
            None => Ok(Config::default()),
            Some(text) => Config::parse(&text).map_err(|flaw| {
                let at = escaped(&self.path.display().to_string());
                Failure::Usage(format!("{at}, line {}: {}", flaw.line, flaw.words))
            }),
        }
    }

    /// Changes the content under a lock.
    ///
    /// # Errors
    ///
    /// Those of [`ConfigFile::read`], a failed write, and errors of `change`.
    pub(crate) fn change<T>(
        &self,
        change: impl FnOnce(&mut Config) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let locked = lock(&self.path)?;
        let mut config = self.read()?;
        let changed = change(&mut config)?;
        locked.write(&config.document.to_string())?;
        Ok(changed)
    }
}

/// A problem in the file, with its position.
#[derive(Debug)]
pub(super) struct Flaw {
    line: usize,
    words: String,
}

impl Config {
    pub(super) fn parse(text: &str) -> Result<Self, Flaw> {
        let line = |span: Option<Range<usize>>| {
            let start = span.map_or(0, |it| it.start).min(text.len());
            text.as_bytes()[..start]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
                + 1
        };
        let flaw = |span, words: String| Flaw {
            line: line(span),
            words,
        };
        // Windows editors start the text with a byte order mark.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let document = Document::parse(text)
            .map_err(|error| flaw(error.span(), first_line(error.message())))?;
        let mut config = Self::default();
        let mut default_at = None;
        for (name, item) in document.iter() {
            let key = document.get_key_value(name).and_then(|(key, _)| key.span());
            match name {
                DEFAULT_PROFILE => {
                    let text = item.as_str().ok_or_else(|| {
                        flaw(item.span(), format!("`{name}` must be text in quotes"))
                    })?;
                    config.default = Some(text.to_owned());
                    default_at = item.span();
                }
                PROFILES => {
                    let table = item.as_table().ok_or_else(|| {
                        flaw(
                            item.span(),
                            format!("write `[{PROFILES}.NAME]` above the fields"),
                        )
                    })?;
                    config.profiles = profiles(table).map_err(|(span, words)| flaw(span, words))?;
                }
                other => {
                    return Err(flaw(
                        key,
                        format!(
                            "unknown field `{}`; only these are allowed here: `{DEFAULT_PROFILE}` and tables \
                             `[{PROFILES}.NAME]`",
                            escaped(other)
                        ),
                    ));
                }
            }
        }
        if let Some(default) = &config.default
            && !config.profiles.contains_key(default)
        {
            let words = format!("`{DEFAULT_PROFILE}`: {}", config.unknown(default));
            return Err(flaw(default_at, words));
        }
        config.document = document.into_mut();
        Ok(config)
    }

    /// Returns the default profile.
    pub(crate) fn default_profile(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Returns a profile by its name.
    pub(crate) fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.get(name)
    }

    /// Returns every profile, ordered by name.
    pub(crate) fn profiles(&self) -> impl Iterator<Item = (&str, &Profile)> {
        self.profiles.iter().map(|(name, it)| (name.as_str(), it))
    }

    /// Returns the error for a profile that does not exist.
    pub(crate) fn unknown(&self, name: &str) -> String {
        let known: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
        let name = escaped(name);
        match (
            near(&name, known.iter().copied()).as_slice(),
            known.as_slice(),
        ) {
            (_, []) => format!(
                "no profile `{name}`: there are none yet; `citrix-cloud login --profile {name}` creates it"
            ),
            ([], known) => format!(
                "no profile `{name}`; existing profiles: {}",
                known.join(", ")
            ),
            (near, _) => format!("no profile `{name}`; did you mean {}?", near.join(", ")),
        }
    }

    /// Sets a field of a profile, which is created if it does not exist.
    pub(crate) fn set(&mut self, profile: &str, field: Field, text: String) {
        if let Some(table) = self.table(profile) {
            table.insert(field.name(), value(&text));
        }
        let fields = self.profiles.entry(profile.to_owned()).or_default();
        fields.insert(field, text);
    }

    /// Removes a field from a profile; returns false if it was not set.
    pub(crate) fn unset(&mut self, profile: &str, field: Field) -> bool {
        let Some(fields) = self.profiles.get_mut(profile) else {
            return false;
        };
        let had = fields.remove(&field).is_some();
        if let Some(table) = self.table(profile) {
            table.remove(field.name());
        }
        had
    }

    /// Makes an existing profile the default one.
    pub(crate) fn set_default(&mut self, profile: Option<&str>) {
        self.default = profile.map(str::to_owned);
        match profile {
            Some(profile) => {
                self.document.insert(DEFAULT_PROFILE, value(profile));
            }
            None => {
                self.document.remove(DEFAULT_PROFILE);
            }
        }
    }

    /// Removes a profile.
    pub(crate) fn remove(&mut self, profile: &str) {
        self.profiles.remove(profile);
        if let Some(Item::Table(all)) = self.document.get_mut(PROFILES) {
            all.remove(profile);
        }
        if self.default.as_deref() == Some(profile) {
            self.set_default(None);
        }
    }

    /// Returns the table of a profile. If the file had anything else in its place, reading it would have failed.
    fn table(&mut self, profile: &str) -> Option<&mut Table> {
        let all = self.document.entry(PROFILES).or_insert_with(|| {
            let mut all = Table::new();
            all.set_implicit(true);
            Item::Table(all)
        });
        let one = all.as_table_mut()?.entry(profile);
        one.or_insert_with(toml_edit::table).as_table_mut()
    }
}

type SpannedWords = (Option<Range<usize>>, String);

fn profiles(table: &Table) -> Result<BTreeMap<String, Profile>, SpannedWords> {
    let mut profiles = BTreeMap::new();
    for (name, item) in table.iter() {
        let at = || table.get_key_value(name).and_then(|(key, _)| key.span());
        profile_name(name)
            .map_err(|words| (at(), format!("profile `{}`: {words}", escaped(name))))?;
        let fields = item.as_table().ok_or_else(|| {
            let words =
                format!("`{name}` is not a profile; write `[{PROFILES}.NAME]` above the fields");
            (at(), words)
        })?;
        let mut profile = Profile::new();
        for (field, item) in fields.iter() {
            let at = || fields.get_key_value(field).and_then(|(key, _)| key.span());
            let known = Field::ALL.into_iter().find(|it| it.name() == field);
            let known = known.ok_or_else(|| {
                (
                    at(),
                    format!("profile `{name}`: {}", field::unknown(&escaped(field))),
                )
            })?;
            let said =
                |words: String| (at(), format!("profile `{name}`, field `{field}`: {words}"));
            let text = item
                .as_str()
                .ok_or_else(|| said("it must be text in quotes".to_owned()))?;
            profile.insert(known, known.checked(text).map_err(said)?);
        }
        profiles.insert(name.to_owned(), profile);
    }
    Ok(profiles)
}

fn first_line(words: &str) -> String {
    format!("not TOML: {}", words.lines().next().unwrap_or_default())
}

/// Parses the name of a profile.
///
/// # Errors
///
/// A message that describes valid names.
pub(crate) fn profile_name(text: &str) -> Result<String, String> {
    let fits = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    match text.starts_with(|it: char| it.is_ascii_alphanumeric())
        && text.chars().all(fits)
        && text.len() <= 64
    {
        true => Ok(text.to_owned()),
        false => Err(
            "not a name for a profile: letters, digits, `-`, `_` and `.`, the first a letter or \
             digit"
                .to_owned(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flaw_is_named_with_its_line_and_field_and_no_secret_is_shown() {
        for (text, line, expected) in [
            ("default_profile = 'a", 1, "not TOML: "),
            ("[profiles.a]\ncustomer = hunter2\n", 2, "not TOML: "),
            ("\n\nproxy = 1\n", 3, "unknown field `proxy`"),
            ("default_profile = 1\n", 1, "`default_profile` must be text"),
            (
                "\ndefault_profile = 'b'\n[profiles.a]\n",
                2,
                "no profile `b`; existing profiles: a",
            ),
            ("profiles = 1\n", 1, "write `[profiles.NAME]`"),
            ("[profiles]\nwork = 1\n", 2, "`work` is not a profile"),
            ("[profiles.'a/b']\n", 1, "profile `a/b`: not a name"),
            (
                "[profiles.a]\ncustomr = 'x'\n",
                2,
                "profile `a`: unknown field `customr`; did you mean customer?",
            ),
            (
                "[profiles.a]\n\nclient_secret = 'hunter2'\n",
                3,
                "secrets are never stored in this file",
            ),
            (
                "[profiles.a]\ncustomer = 7\n",
                2,
                "profile `a`, field `customer`: it must be text in quotes",
            ),
            (
                "[profiles.a]\ncustomer = 'a/b'\n",
                2,
                "profile `a`, field `customer`: ",
            ),
            (
                "[profiles.a]\nregion = 'mars'\n",
                2,
                "profile `a`, field `region`: ",
            ),
            (
                "[profiles.a]\nendpoint = 'http://api.cloud.com'\n",
                2,
                "field `endpoint`: ",
            ),
            (
                "[profiles.a]\nsecret_store = 'here'\n",
                2,
                "`keyring` or `file`",
            ),
        ] {
            let flaw = Config::parse(text).unwrap_err();
            assert_eq!(flaw.line, line, "{text}: {}", flaw.words);
            assert!(flaw.words.contains(expected), "{text}: {}", flaw.words);
            assert!(!flaw.words.contains("hunter2"), "{}", flaw.words);
        }
    }

    #[test]
    fn comments_and_order_of_the_users_file_are_kept() {
        let text = "\u{feff}# mine\ndefault_profile = 'a' # the first\n\n[profiles.a] # yes\ncustomer = 'x'\n";
        let mut config = Config::parse(text).unwrap();
        config.set("a", Field::Region, "eu".to_owned());
        config.set("b", Field::Customer, "y".to_owned());
        assert!(config.unset("a", Field::Customer));
        assert!(!config.unset("a", Field::Customer));
        assert_eq!(
            config.document.to_string(),
            "# mine\ndefault_profile = 'a' # the first\n\n[profiles.a] # yes\nregion = \"eu\"\n\n\
             [profiles.b]\ncustomer = \"y\"\n"
        );
        config.remove("a");
        let left = config.document.to_string();
        assert!(
            !left.contains("default_profile") && left.contains("[profiles.b]"),
            "{left}"
        );
        assert!(Config::parse(&left).is_ok());
    }
}
