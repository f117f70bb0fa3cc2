//! Documents made to exhaust a machine: each is finished, or rejected with the limit that it exceeds.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use xtask::pipeline::document;
use xtask::pipeline::foreign::size::ensure_fits;
use xtask::pipeline::limits::Limits;
use xtask::pipeline::merge::merge;
use xtask::pipeline::normalize::lower;
use xtask::tasks::config::Config;

const HEAD: &str = "openapi: 3.0.3\ninfo: { title: Hostile, version: '1' }\n";

/// Time enough on any machine, so that the counts decide.
const PATIENCE: [&str; 2] = ["--max-seconds", "60"];

/// One at a time, because the tests would slow one another down.
static TURN: Mutex<()> = Mutex::new(());

fn generate(folder: &Path, document: &str, more: &[&str]) -> Output {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let spec = folder.join("hostile.yml");
    fs::write(&spec, document).expect("written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command
        .args(["generate", "--name", "hostile", "--force", "--spec"])
        .arg(spec)
        .arg("--out")
        .arg(folder.join("out"))
        .args(more);
    if !more.contains(&PATIENCE[0]) {
        command.args(PATIENCE);
    }
    command.output().expect("it runs")
}

/// Returns the error for a rejected document.
fn refused(document: &str, more: &[&str]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let output = generate(folder.path(), document, more);
    assert!(!output.status.success(), "it was taken");
    assert!(!folder.path().join("out").exists(), "something was written");
    let said = String::from_utf8(output.stderr).expect("text");
    said.trim_end()
        .rsplit(": ")
        .next()
        .expect("a message")
        .to_owned()
}

fn taken(document: &str, more: &[&str]) {
    let folder = tempfile::tempdir().expect("a folder");
    let output = generate(folder.path(), document, more);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

/// Returns a document with these schemas, of which `T` is read.
fn with_schemas(schemas: &str) -> String {
    format!(
        "{HEAD}paths:
  /a: {{ get: {{ operationId: a, responses: {{ '200': {{ description: d, content: {{ application/json: {{ schema: {{ $ref: '#/components/schemas/T' }} }} }} }} }} }} }}
components:
  schemas:
{schemas}"
    )
}

const ALIASES: &str = "aliases and merge keys of the document stand for more than 125000 values, a \
                       quarter of what `--max-nodes` allows for";

#[test]
fn aliases_of_aliases_are_refused() {
    let mut wide = format!("{HEAD}x-0: &a0 [1,1,1,1,1,1,1,1,1]\n");
    for level in 1..9 {
        let before = vec![format!("*a{}", level - 1); 9].join(",");
        let _ = writeln!(wide, "x-{level}: &a{level} [{before}]");
    }
    let mut deep = format!("{HEAD}x-0: &a0 {{a: 1}}\n");
    for level in 1..40 {
        let before = level - 1;
        let _ = writeln!(deep, "x-{level}: &a{level} [*a{before}, *a{before}]");
    }
    assert_eq!([refused(&wide, &[]), refused(&deep, &[])], [ALIASES; 2]);
}

#[test]
fn merge_keys_of_merge_keys_are_refused() {
    let mut deep = format!("{HEAD}x-0: &m0 {{k0: 1}}\n");
    for level in 1..30 {
        let before = level - 1;
        let _ = writeln!(
            deep,
            "x-{level}: &m{level} {{<<: [*m{before}, *m{before}], k{level}: 1}}"
        );
    }
    assert_eq!(refused(&deep, &[]), ALIASES);
}

#[test]
fn a_long_text_counts_as_many_values() {
    let mut document = format!("{HEAD}x-text: &long '{}'\nx-list:\n", "x".repeat(200_000));
    document.push_str(&"  - *long\n".repeat(20_000));
    let said = refused(&document, &[]);
    assert_eq!(
        said,
        "the document has more than 500000 values; `--max-nodes` allows for more"
    );
}

#[test]
fn a_list_of_forty_thousand_values_is_taken_if_it_may_be() {
    let values: Vec<String> = (0..40_000).map(|value| format!("v{value}")).collect();
    let values = values.join(",");
    taken(
        &with_schemas(&format!("    T: {{ type: string, enum: [{values}] }}\n")),
        &["--max-values", "40000"],
    );
}

#[test]
fn a_million_properties_are_refused_and_ten_thousand_taken() {
    let properties = |count: usize| {
        let mut schemas = "    T:\n      type: object\n      properties:\n".to_owned();
        for property in 0..count {
            let _ = writeln!(schemas, "        p{property}: {{ type: string }}");
        }
        with_schemas(&schemas)
    };
    assert_eq!(
        refused(&properties(1_000_000), &[]),
        "the document has more than 500000 values; `--max-nodes` allows for more"
    );
    taken(&properties(10_000), &[]);
}

/// Returns names that are the same in Rust, as many as there are: `a_B_c`, `A_b_c`, ...
fn casings(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|number| {
        let letters = ('a'..='p').enumerate();
        let letters = letters.map(|(place, letter)| match number >> place & 1 {
            0 => letter.to_ascii_uppercase().to_string(),
            _ => letter.to_string(),
        });
        letters.collect::<Vec<_>>().join("_")
    })
}

#[test]
fn forty_thousand_values_that_make_one_name_are_taken_if_they_may_be() {
    let values: Vec<String> = casings(40_000).collect();
    let values = values.join(",");
    taken(
        &with_schemas(&format!("    T: {{ type: string, enum: [{values}] }}\n")),
        &["--max-values", "40000"],
    );
}

#[test]
fn thousands_of_models_that_make_one_name_are_taken() {
    let mut schemas = "    T: { type: object, properties: { a: { type: string } } }\n".to_owned();
    for name in casings(4_000) {
        let _ = writeln!(
            schemas,
            "    {name}: {{ type: object, properties: {{ a: {{ type: string }} }} }}"
        );
    }
    taken(&with_schemas(&schemas), &[]);
}

#[test]
fn thousands_of_parameters_in_one_path_are_taken() {
    let path: String = (0..1_000).map(|number| format!("{{p{number}}}")).collect();
    let mut document = format!("{HEAD}paths:\n  /{path}:\n    get:\n      parameters:\n");
    for number in 0..1_000 {
        let _ = writeln!(
            document,
            "        - {{ name: p{number}, in: path, required: true, schema: {{ type: string }} }}\n\
             \x20       - {{ name: q{number}, in: query, schema: {{ type: string }} }}"
        );
    }
    document.push_str("      responses: {}\n");
    taken(&document, &[]);
}

#[test]
fn values_that_lie_too_deep_are_refused_with_the_line() {
    let deep = format!("{HEAD}x: {}{}\n", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(
        refused(&deep, &[]),
        "values lie deeper than 512 levels within one another; move what lies there to `components` \
         and refer to it"
    );
}

#[test]
fn names_in_any_script_are_accepted() {
    let names = [
        "ß",
        "ẞ",
        "é",
        "É",
        "İ",
        "😀",
        "!",
        "_",
        "日本語",
        "self",
        "crate",
        "a\u{202e}b",
    ];
    let mut document = format!("{HEAD}paths:\n");
    for (number, name) in names.iter().enumerate() {
        let _ = writeln!(
            document,
            "  /{number}: {{ get: {{ operationId: '{name}', responses: {{}} }} }}"
        );
    }
    taken(&document, &[]);
}

#[test]
fn a_folder_that_is_a_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("out");
    fs::write(&file, "mine").expect("written");
    let output = generate(folder.path(), HEAD, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("--out: cannot read"), "{said}");
    assert_eq!(fs::read_to_string(&file).expect("read"), "mine");
}

#[test]
fn models_that_extend_one_another_without_end_are_refused() {
    let mut twice = "    T: { type: object, properties: { a: { type: string } } }\n".to_owned();
    let mut chain = twice.clone();
    let name = |level: usize| match level {
        0 => "T".to_owned(),
        level => format!("M{level}"),
    };
    for level in 1..60 {
        let before = format!("{{ $ref: '#/components/schemas/{}' }}", name(level - 1));
        let _ = writeln!(twice, "    M{level}: {{ allOf: [{before}, {before}] }}");
    }
    for level in 1..2_000 {
        let before = format!("{{ $ref: '#/components/schemas/{}' }}", name(level - 1));
        let own = format!("{{ type: object, properties: {{ p{level}: {{ type: string }} }} }}");
        let _ = writeln!(chain, "    M{level}: {{ allOf: [{before}, {own}] }}");
    }
    for document in [twice, chain] {
        assert_eq!(
            refused(&with_schemas(&document), &[]),
            "models that extend one another have more than 25000 fields together; \
             `--max-fields` allows for more"
        );
    }
}

/// Returns the error for a document that exceeds a limit.
fn more_than(what: &str, most: usize, count: usize) -> String {
    let option = what.rsplit(' ').next().expect("a word");
    format!("the document has more than {most} {what} ({count}); `--max-{option}` allows for more")
}

#[test]
fn parameters_count_at_every_path_that_they_are_written_out_at() {
    let mut document = format!("{HEAD}paths:\n");
    for path in 0..1_000 {
        let _ = writeln!(document, "  /p{path}: {{ $ref: '#/paths/~1base' }}");
    }
    document.push_str("  /base:\n    GET:\n      responses: {}\n      parameters:\n");
    for name in 0..2_000 {
        let _ = writeln!(
            document,
            "        - {{ name: q{name}, in: query, schema: {{ type: string }} }}"
        );
    }
    assert_eq!(
        refused(&document, &[]),
        more_than("parameters", 6_000, 2_002_000)
    );
}

#[cfg(target_os = "linux")]
#[test]
fn parameters_that_are_written_out_at_every_path_meet_the_limit_of_memory() {
    let mut document = format!("{HEAD}paths:\n");
    for path in 0..3_000 {
        let _ = writeln!(document, "  /p{path}: {{ $ref: '#/paths/~1base' }}");
    }
    document.push_str("  /base:\n    get:\n      responses: {}\n      parameters:\n");
    for name in 0..2_000 {
        let _ = writeln!(
            document,
            "        - {{ name: q{name}, in: query, schema: {{ type: string }} }}"
        );
    }
    let uncounted = ["--max-operations", "9999", "--max-parameters", "9999999"];
    assert_eq!(
        refused(&document, &uncounted),
        "it takes more than 600 MB of memory; `--max-megabytes` allows for more"
    );
}

#[test]
fn parameters_of_a_path_count_for_each_of_its_operations() {
    let mut document =
        format!("{HEAD}paths:\n  /a:\n    get: {{}}\n    put: {{}}\n    parameters:\n");
    for name in 0..3_001 {
        let _ = writeln!(document, "      - {{ name: q{name}, in: query }}");
    }
    assert_eq!(
        refused(&document, &[]),
        more_than("parameters", 6_000, 6_002)
    );
}

#[test]
fn thousands_of_operations_are_refused_and_taken_if_they_may_be() {
    let paths = |count: usize| {
        let paths =
            (0..count).map(|path| format!("  /p{path}: {{ get: {{ tags: [t{path}] }} }}\n"));
        format!("{HEAD}paths:\n{}", paths.collect::<String>())
    };
    assert_eq!(
        refused(&paths(1_201), &[]),
        more_than("operations", 1_200, 1_201)
    );
    let few = ["--max-operations", "9"];
    assert_eq!(refused(&paths(10), &few), more_than("operations", 9, 10));
    taken(&paths(300), &[]);
}

#[test]
fn a_chain_of_ten_thousand_models_is_refused() {
    let mut chain =
        "    T: { type: object, properties: { a: { $ref: '#/components/schemas/M1' } } }\n"
            .to_owned();
    for model in 1..10_000 {
        let next = (model + 1) % 10_000;
        let _ = writeln!(
            chain,
            "    M{model}: {{ type: object, properties: {{ a: {{ $ref: '#/components/schemas/M{next}' }} }} }}"
        );
    }
    assert_eq!(
        refused(&with_schemas(&chain), &[]),
        more_than("models", 5_000, 10_000)
    );
}

#[test]
fn names_that_are_only_required_are_fields() {
    let names: Vec<String> = (0..60_000).map(|name| format!("r{name}")).collect();
    let names = names.join(",");
    let model =
        format!("    T: {{ type: object, properties: {{ a: {{}} }}, required: [a,{names}] }}\n");
    assert_eq!(
        refused(&with_schemas(&model), &[]),
        more_than("fields", 25_000, 60_001)
    );
}

#[test]
fn alternatives_and_listed_values_are_counted() {
    let alternatives = "{ type: object },".repeat(25_001);
    let model = format!("    T: {{ oneOf: [{alternatives}] }}\n");
    assert_eq!(
        refused(&with_schemas(&model), &[]),
        more_than("fields", 25_000, 25_001)
    );
    let values: Vec<String> = (0..20_001).map(|value| format!("v{value}")).collect();
    let model = format!("    T: {{ enum: [{}] }}\n", values.join(","));
    assert_eq!(
        refused(&with_schemas(&model), &[]),
        more_than("listed values", 20_000, 20_001)
    );
}

#[test]
fn a_long_document_is_not_read_again_for_each_of_its_faults() {
    let mut document = format!("{HEAD}x-long:\n");
    document.push_str(&"  - { a: b }\n".repeat(30_000));
    document.push_str("x-faults:\n");
    for fault in 0..100 {
        let _ = writeln!(document, "  k{fault}: Note: see below");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = generate(folder.path(), &document, &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("too long to be read again for each"),
        "{said}"
    );
    assert!(said.contains("`--max-nodes`"), "{said}");
}

#[test]
fn the_limit_of_time_is_named() {
    let mut document = format!("{HEAD}paths:\n");
    for path in 0..1_000 {
        let _ = writeln!(document, "  /p{path}: {{ get: {{ responses: {{}} }} }}");
    }
    assert_eq!(
        refused(&document, &["--max-seconds", "0"]),
        "it takes more than 0 s; `--max-seconds` allows for more"
    );
}

/// A document that comes slowly, as everything does on a busy machine.
#[cfg(target_os = "linux")]
#[test]
fn waiting_does_not_count_towards_the_time_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let pipe = folder.path().join("slow.yml");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("it runs").success());
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(["generate", "--name", "slow", "--max-seconds", "2", "--spec"]);
    command
        .arg(&pipe)
        .arg("--out")
        .arg(folder.path().join("out"));
    let running = command.stdout(Stdio::null()).stderr(Stdio::piped());
    let running = running.spawn().expect("it runs");
    let mut document = fs::OpenOptions::new()
        .write(true)
        .open(&pipe)
        .expect("read");
    std::thread::sleep(Duration::from_secs(3));
    let text = format!("{HEAD}paths: {{ /a: {{ get: {{ responses: {{}} }} }} }}\n");
    document.write_all(text.as_bytes()).expect("read on");
    drop(document);
    let output = running.wait_with_output().expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn our_own_documents_are_half_of_what_is_allowed_at_most() {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let config = Config::read(&openapi.join("regen.toml")).expect("it is read");
    let all = Limits::default();
    let half = Limits {
        max_operations: all.max_operations / 2,
        max_parameters: all.max_parameters / 2,
        max_models: all.max_models / 2,
        max_fields: all.max_fields / 2,
        max_values: all.max_values / 2,
        ..all
    };
    for module in config.modules {
        let documents = module.documents.iter();
        let mut documents =
            documents.map(|name| document::read(&openapi.join(name)).expect("it is read"));
        let mut whole = documents.next().expect("a document");
        for part in documents {
            merge(&mut whole, &part).expect("they fit together");
        }
        lower::apply(&mut whole).expect("it is OpenAPI");
        let fits = ensure_fits(&whole, &half);
        assert!(fits.is_ok(), "{}: {fits:?}", module.name);
    }
}
