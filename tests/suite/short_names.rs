//! Models have the names that people use; the service's `…ResponseModel` does not occur.

use std::path::Path;

use xtask::tasks::config::Config;

/// The service's suffixes for models that are sent and returned.
const ENDINGS: [&str; 4] = ["Model", "Request", "Response", "Contract"];

/// A license model, in which the suffix is part of the noun.
const NOUNS: [&str; 1] = ["LicenseModel"];

/// Returns the types that a source declares, including those in macros.
fn declared(source: &str) -> Vec<&str> {
    let words: Vec<&str> = source.split_whitespace().collect();
    words
        .windows(3)
        .filter(|words| words[0] == "pub" && ["struct", "enum", "type"].contains(&words[1]))
        .filter_map(|words| {
            words[2]
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
        })
        .collect()
}

#[test]
fn no_type_with_a_short_name_ends_as_the_service_ends_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let config = Config::read(&root.join("openapi/regen.toml")).unwrap();
    let mut least = 0;
    for module in config.modules.iter().filter(|module| module.short_names) {
        let file = format!("citrix-cloud-gen/src/{}.rs", module.name);
        let source = std::fs::read_to_string(root.join(&file)).unwrap();
        let types = declared(&source);
        least += types.len();
        let long: Vec<_> = types
            .iter()
            .filter(|name| !NOUNS.contains(name))
            .filter(|name| ENDINGS.iter().any(|end| name.ends_with(end)))
            .collect();
        assert!(
            long.is_empty(),
            "{file}: {long:?}: openapi/regen.toml has `model-names` for what the rule does not shorten"
        );
    }
    assert!(least > 650, "{least} types");
}

#[test]
fn the_typo_of_the_service_stays_on_the_wire() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let source = std::fs::read_to_string(root.join("citrix-cloud-gen/src/daas.rs")).unwrap();
    let types = declared(&source);
    assert!(types.iter().any(|name| name.contains("Consequence")));
    assert!(!types.iter().any(|name| name.contains("Concequence")));
}
