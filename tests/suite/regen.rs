//! The command `regen`, on copies of the workspace.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use xtask::pipeline::template::BANNER;
use xtask::tasks::regen::{Options, run};

const UPSTREAM: &str = "openapi/citrix-cloud-openapi.yml";
const RESPONSES: &str = "citrix-cloud-cli/src/commands/verify/documents/responses.txt";
const PLATFORM: &str = "citrix-cloud-gen/src/platform.rs";

const REGEN: Options = Options {
    check: false,
    accept_upstream: false,
    verbose: false,
};
const CHECK: Options = Options {
    check: true,
    ..REGEN
};
const ACCEPT: Options = Options {
    accept_upstream: true,
    ..REGEN
};

/// A copy of the files that `regen` reads and writes, by path in the workspace.
struct Copy(TempDir);

impl Copy {
    fn of_the_repository() -> Self {
        let copy = Self(tempfile::tempdir().expect("a folder"));
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let folders = [
            "openapi",
            "citrix-cloud-gen/src",
            "citrix-cloud/src/handles",
            "citrix-cloud/src/services/monitor/sets",
            "tests/suite/operations/every_handle",
        ];
        let folders = folders.map(|folder| files(&repository.join(folder)));
        let single = [
            RESPONSES,
            "citrix-cloud-cli/src/operations/models.rs",
            "citrix-cloud-cli/src/operations/table.rs",
            "docs/src/commands.md",
            "docs/src/handles.md",
            "citrix-cloud-cli/src/commands/monitor/catalog/table.tsv",
        ];
        let single = single.map(|file| repository.join(file));
        for file in folders.into_iter().flatten().chain(single) {
            let below = file.strip_prefix(&repository).expect("below");
            let target = copy.0.path().join(below);
            fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
            fs::copy(&file, target).expect("copied");
        }
        copy
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("a file")
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let text = self.read(file);
        assert!(text.contains(old), "{file} lacks {old}");
        fs::write(self.path(file), text.replacen(old, new, 1)).expect("written");
    }

    /// Returns every file with its bytes.
    fn content(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let relative = |file: &PathBuf| file.strip_prefix(self.0.path()).expect("below").to_owned();
        files(self.0.path())
            .iter()
            .map(|file| (relative(file), fs::read(file).expect("a file")))
            .collect()
    }

    /// Returns the output, or the error after any output.
    fn run(&self, options: &Options) -> Result<String, (String, String)> {
        let mut printed = Vec::new();
        let done = run(self.0.path(), options, &mut printed);
        let printed = String::from_utf8(printed).expect("text");
        match done {
            Ok(()) => Ok(printed),
            Err(error) => Err((format!("{error:#}"), printed)),
        }
    }

    /// Runs a command that must fail without writing; returns its error and its output.
    fn fails(&self, options: &Options) -> (String, String) {
        let before = self.content();
        let failure = self.run(options).expect_err("a failure");
        assert!(before == self.content(), "something was written");
        failure
    }

    /// Adds an optional field to a resource location.
    fn change_upstream(&self) {
        let text = self.read(UPSTREAM);
        let model = text.find("    ResourceLocation:\n").expect("the model");
        let fields = "      properties:\n";
        let at = model + text[model..].find(fields).expect("its fields") + fields.len();
        let field =
            "        colour:\n          type: string\n          description: Colour on the map\n";
        let changed = format!("{}{field}{}", &text[..at], &text[at..]);
        fs::write(self.path(UPSTREAM), changed).expect("written");
    }

    fn pin(&self) -> String {
        let text = self.read("openapi/regen.toml");
        let sum = text.split("sha256 = \"").nth(1).expect("a pin");
        sum.split('"').next().expect("a sum").to_owned()
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Returns the lines that only one of two texts has, in order.
fn changed_lines(old: &str, new: &str) -> String {
    xtask::tasks::regen::difference("", old, new)
        .lines()
        .filter(|line| line.starts_with(['+', '-']))
        .skip(2)
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn nothing_is_written_when_everything_is_up_to_date() {
    let copy = Copy::of_the_repository();
    let before = copy.content();
    let printed = copy.run(&REGEN).expect("up to date");
    assert!(
        printed.ends_with("generated files are up to date\n"),
        "{printed}"
    );
    assert!(before == copy.content(), "something was written");
}

#[test]
fn check_names_a_file_that_was_changed_by_hand_and_shows_the_difference() {
    let copy = Copy::of_the_repository();
    let before = copy.content();
    copy.replace(PLATFORM, "pub struct ResourceLocation", "pub struct Place");
    let (message, printed) = copy.fails(&CHECK);
    assert_eq!(
        message,
        format!("stale: {PLATFORM}\nrun `cargo xtask regen`")
    );
    assert!(printed.contains("\n-    pub struct Place {\n+    pub struct ResourceLocation {\n"));
    assert_eq!(copy.run(&REGEN), Ok(format!("wrote {PLATFORM}\n")));
    assert!(before == copy.content(), "something else was changed");
}

#[test]
fn check_names_a_file_that_is_missing_and_reads_windows_line_ends() {
    let copy = Copy::of_the_repository();
    fs::remove_file(copy.path(PLATFORM)).expect("removed");
    let registry = "citrix-cloud-gen/src/registry.rs";
    let text = copy.read(registry).replace('\n', "\r\n");
    fs::write(copy.path(registry), text).expect("written");
    let (message, printed) = copy.fails(&CHECK);
    assert_eq!(
        message,
        format!("stale: {PLATFORM}\nrun `cargo xtask regen`")
    );
    assert!(printed.ends_with(" more lines\n"), "a whole file is cut");
}

#[test]
fn a_changed_upstream_document_is_refused_until_it_is_accepted() {
    let copy = Copy::of_the_repository();
    let pinned = copy.pin();
    copy.change_upstream();
    let found = xtask::tasks::pin::sha256(&copy.path(UPSTREAM)).expect("a sum");
    for options in [&CHECK, &REGEN] {
        let (message, _) = copy.fails(options);
        for part in [&pinned, &found, "--accept-upstream", UPSTREAM] {
            assert!(message.contains(part), "{message} lacks {part}");
        }
    }
}

#[test]
fn accepting_upstream_changes_the_pin_and_the_generated_files() {
    let copy = Copy::of_the_repository();
    let (pinned, platform) = (copy.pin(), copy.read(PLATFORM));
    copy.change_upstream();
    let before = copy.content();
    let printed = copy.run(&ACCEPT).expect("accepted");
    assert_eq!(
        printed,
        format!("wrote openapi/regen.toml\nwrote {RESPONSES}\nwrote {PLATFORM}\n")
    );
    assert!(copy.run(&CHECK).is_ok());

    let after = copy.content();
    let changed: Vec<&PathBuf> = after
        .iter()
        .filter(|(path, bytes)| before.get(*path) != Some(bytes))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(
        changed,
        [
            Path::new(RESPONSES),
            Path::new(PLATFORM),
            Path::new("openapi/regen.toml")
        ]
    );
    let old = String::from_utf8(before[Path::new("openapi/regen.toml")].clone()).expect("text");
    assert_eq!(
        old.replace(&pinned, &copy.pin()),
        copy.read("openapi/regen.toml")
    );
    insta::assert_snapshot!(changed_lines(&platform, &copy.read(PLATFORM)));
}

#[test]
fn accepting_an_unchanged_upstream_changes_nothing() {
    let copy = Copy::of_the_repository();
    let before = copy.content();
    assert!(copy.run(&ACCEPT).is_ok());
    assert!(before == copy.content(), "something was written");
}

#[test]
fn an_overlay_that_no_longer_fits_leaves_every_file_untouched() {
    let copy = Copy::of_the_repository();
    copy.change_upstream();
    copy.replace(
        "openapi/citrix-cloud.overlay.yml",
        "target: $.components.schemas.TokenResponse.properties.expires_in",
        "target: $.components.schemas.TokenResponse.properties.gone",
    );
    let (message, _) = copy.fails(&ACCEPT);
    let start = "openapi/citrix-cloud.overlay.yml: at `actions[";
    assert!(message.starts_with(start), "{message}");
    assert!(message.contains("target `$.components.schemas.TokenResponse.properties.gone`"));
}

#[test]
fn a_document_that_does_not_parse_leaves_every_file_untouched() {
    let copy = Copy::of_the_repository();
    copy.replace("openapi/patch/registry.yml", "paths:\n", "paths: [\n");
    let (message, _) = copy.fails(&REGEN);
    assert!(
        message.contains("registry.yml does not parse: line "),
        "{message}"
    );
}

#[test]
fn generated_files_whose_source_is_gone_are_reported_and_removed() {
    let copy = Copy::of_the_repository();
    let before = copy.content();
    let orphans = [
        "citrix-cloud/src/handles/former.rs",
        "citrix-cloud-gen/src/former.rs",
        "citrix-cloud-gen/src/ops/former.rs",
    ];
    for orphan in orphans {
        fs::write(copy.path(orphan), format!("{BANNER}\npub struct Former;\n")).expect("written");
    }
    let swap_file = "citrix-cloud-gen/src/.former.rs.swp";
    fs::write(copy.path(swap_file), [0xff, 0xfe]).expect("written");

    let (message, printed) = copy.fails(&CHECK);
    assert_eq!(
        message,
        format!("stale: {}\nrun `cargo xtask regen`", orphans.join(", "))
    );
    assert_eq!(
        printed.matches("\n-pub struct Former;\n").count(),
        orphans.len(),
        "{printed}"
    );
    let removed = orphans.map(|orphan| format!("removed {orphan}\n"));
    assert_eq!(copy.run(&REGEN), Ok(removed.concat()));
    fs::remove_file(copy.path(swap_file)).expect("it is kept");
    assert!(before == copy.content(), "something else was changed");
}

#[test]
fn everything_generated_is_made_anew_in_any_folder() {
    let copy = Copy::of_the_repository();
    let before = copy.content();
    for folder in ["citrix-cloud-gen/src", "citrix-cloud/src/handles"] {
        for file in files(&copy.path(folder)) {
            let text = fs::read_to_string(&file).expect("a file");
            if text.starts_with(BANNER) {
                fs::remove_file(file).expect("removed");
            }
        }
    }
    fs::remove_dir(copy.path("citrix-cloud-gen/src/ops")).expect("nothing is written by hand");
    fs::remove_dir(copy.path("citrix-cloud/src/handles")).expect("nothing is written by hand");
    fs::remove_file(copy.path("docs/src/handles.md")).expect("removed");

    let (message, _) = copy.fails(&CHECK);
    for file in [
        PLATFORM,
        "citrix-cloud-gen/src/ops/machines.rs",
        "citrix-cloud/src/handles/machines.rs",
        "docs/src/handles.md",
    ] {
        assert!(message.contains(file), "{message} lacks {file}");
    }
    assert!(copy.run(&REGEN).is_ok());
    assert!(before == copy.content(), "another folder, another output");
}

#[test]
fn an_exception_for_handles_that_says_nothing_new_is_refused() {
    let fails = |old: &str, new: &str| {
        let copy = Copy::of_the_repository();
        copy.replace("openapi/handles.toml", old, new);
        copy.fails(&CHECK).0
    };
    let stale = "[[hand]]\noperation = \"JobsGetJobResults\"";
    let more = |it: &str| format!("{it}\n\n{stale}");
    let says = |entry: &str| fails(stale, &more(entry));
    insta::assert_debug_snapshot!([
        says("[[method]]\noperation = 'MachinesGetMachine'\nname = 'get'\nreason = 'a habit'"),
        says("[[method]]\noperation = 'MachinesGetMachine'\nname = 'start'\nreason = 'a joke'"),
        says("[[method]]\noperation = 'MachinesBuyMachine'\nname = 'buy'\nreason = 'a need'"),
        says("[[method]]\noperation = 'MachinesGetMachine'\nreason = 'a thought'"),
        says("[[method]]\noperation = 'MachinesGetMachine'\nname = 'read'\nreason = ' '"),
        says("[[method]]\noperation = 'MachinesGetMachine'\nhandle = 'machines'\nreason = 'x'"),
        says("[[hand]]\noperation = 'MachinesBuyMachine'\nreason = 'a need'"),
        fails("root =", "rote ="),
    ]);
}

#[test]
fn the_table_of_services_has_every_operation_once() {
    let fails = |old: &str, new: &str| {
        let copy = Copy::of_the_repository();
        copy.replace("openapi/handles.toml", old, new);
        copy.fails(&CHECK).0
    };
    let former = "operation = \"deleteConnector\"";
    let missing = fails(former, "operation = \"sellConnector\"");
    assert_eq!(
        missing,
        "openapi/handles.toml: there is no service `deleteConnector`: say which method sends it"
    );
    let twice = fails(former, "operation = \"listConnectors\"");
    assert_eq!(
        twice,
        "openapi/handles.toml: service `listConnectors` comes twice"
    );
    let silent = fails("calls = [\"connectors().connector(id).delete()\"]\n", "");
    assert_eq!(
        silent,
        "openapi/handles.toml: service `deleteConnector`: give `calls`, or the `reason` why there are none"
    );
}

#[test]
fn operations_do_not_overwrite_what_was_written_by_hand() {
    let copy = Copy::of_the_repository();
    let file = "citrix-cloud-gen/src/ops/machines.rs";
    fs::write(copy.path(file), "//! By hand.\n").expect("written");
    let (message, _) = copy.fails(&REGEN);
    assert_eq!(
        message,
        "openapi/regen.toml: module `daas` would overwrite a file written by hand"
    );
}

#[test]
fn a_module_does_not_overwrite_what_was_written_by_hand() {
    let copy = Copy::of_the_repository();
    copy.replace(
        "openapi/regen.toml",
        "name = \"entitlement\"",
        "name = \"wire\"",
    );
    let (message, _) = copy.fails(&REGEN);
    assert_eq!(
        message,
        "openapi/regen.toml: module `wire` would overwrite a file written by hand"
    );
}

#[test]
fn verbose_reports_what_each_step_did() {
    let copy = Copy::of_the_repository();
    let printed = copy
        .run(&Options {
            verbose: true,
            ..CHECK
        })
        .expect("fine");
    for line in ["platform\n", "  overlay\n", "  tolerant reads\n"] {
        assert!(printed.contains(line), "{printed} lacks {line}");
    }
}
