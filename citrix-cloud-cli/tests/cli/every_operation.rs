//! Every documented operation from the command line: the request matches the facts.

use std::collections::{BTreeMap, BTreeSet};

use citrix_cloud_emulator::ids;
use serde_json::Value;

use crate::stage::{Ran, Stage};

const FACTS: &str = include_str!("../../../tests/facts/daas-operations.tsv");
const MODELS: &str = include_str!("../../../tests/facts/daas-models.txt");

/// Every operation with its command, as in the guide.
const PAGE: &str = include_str!("../../../docs/src/commands.md");

/// Parameters that lists and jobs set themselves.
const OF_THE_PROGRAM: [&str; 3] = ["async", "continuationToken", "limit"];

/// Operations with a hand-written command, or without one.
const BY_HAND: [&str; 20] = [
    "BatchDoBatchRequest",
    "JobsGetJobs",
    "JobsGetJob",
    "JobsCancelJob",
    "JobsGetJobResults",
    "MachineCatalogsGetMachineCatalogs",
    "MachineCatalogsGetMachineCatalog",
    "MachinesGetMachines",
    "MachinesGetMachine",
    "MeGetMe",
    "SessionsGetSessions",
    "SessionsGetSession",
    "SessionsDisconnectSession",
    "SessionsHideSession",
    "SessionsLogoffSession",
    "SessionsUnhideSession",
    "SitesGetSites",
    "TrustGetBearerTokenWithWindowsAuthentication",
    "TrustExchangeToken",
    "TrustRefreshToken",
];

/// A body that fits no model, so it can only arrive unchanged.
const BODY: &str = r#"{"Arrived":["as","it","was"]}"#;

/// An operation according to the facts.
struct Fact {
    id: &'static str,
    method: &'static str,
    path: &'static str,
    /// Names and types.
    query: Vec<(&'static str, &'static str)>,
    has_body: bool,
}

fn facts() -> Vec<Fact> {
    let lines = FACTS.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            let query = fields[4].split(' ').filter(|it| !it.is_empty());
            let query = query.filter_map(|it| it.split_once(':'));
            Fact {
                id: fields[1],
                method: fields[2],
                path: fields[3],
                query: query
                    .map(|(name, ty)| (name.trim_end_matches('?'), ty))
                    .filter(|(name, _)| !OF_THE_PROGRAM.contains(name))
                    .collect(),
                has_body: !fields[6].is_empty(),
            }
        })
        .collect()
}

/// Returns the words of every operation by its id, except for operations without a generated command.
fn commands() -> BTreeMap<&'static str, Option<Vec<&'static str>>> {
    let rows = PAGE.lines().filter(|line| line.starts_with("| "));
    let rows = rows.filter_map(|line| {
        let cells: Vec<&str> = line.split(" | ").collect();
        let [command, _, id] = cells.as_slice() else {
            return None;
        };
        let id = id.trim_matches(['`', ' ', '|']);
        let words = command.trim_start_matches("| ");
        let by_hand = words.ends_with("(by hand)");
        let words = words.trim_matches('`').split(' ');
        let words = words.take_while(|word| !word.starts_with(['<', '-']));
        Some((id, (!by_hand).then(|| words.collect())))
    });
    rows.filter(|(id, _)| *id != "operation").collect()
}

/// Returns a value of a type, which must arrive unchanged.
fn value(ty: &str) -> &'static str {
    let one = ty.trim_start_matches("[]");
    let listed = MODELS.lines().find_map(|line| {
        let (name, values) = line.strip_prefix("enum ")?.split_once(" = ")?;
        (name == one).then(|| values.split(" | ").last().unwrap_or_default())
    });
    match one {
        "bool" => "true",
        "int32" => "7",
        _ => listed.unwrap_or("a b"),
    }
}

/// Converts `purgeDBOnly` to `purge-db-only`.
fn option(wire: &str) -> String {
    let letters: Vec<char> = wire.chars().collect();
    let mut option = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && letters[at - 1].is_lowercase();
        let before_small = at > 0
            && letters[at - 1].is_uppercase()
            && letters.get(at + 1).is_some_and(|it| it.is_lowercase());
        if letter.is_uppercase() && (after_small || before_small) {
            option.push('-');
        }
        option.extend(letter.to_lowercase());
    }
    match option.as_str() {
        "site" => "of-site".to_owned(),
        _ => option,
    }
}

/// Returns the difference between the expected request and the one that arrived.
fn difference(stage: &Stage, fact: &Fact, words: &[&str], cache: &str) -> Option<String> {
    let names: Vec<String> = fact
        .path
        .split('{')
        .skip(1)
        .filter_map(|it| it.split_once('}'))
        .enumerate()
        .map(|(at, (name, _))| format!("{name} {at}"))
        .collect();
    // The site itself is not an argument.
    let of_the_site = fact.path.starts_with("/Sites/{");
    let mut arguments: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
    arguments.extend(names.iter().skip(usize::from(of_the_site)).cloned());
    for (name, ty) in &fact.query {
        let glue = if *ty == "bool" { "=" } else { " " };
        let pair = format!("--{}{glue}{}", option(name), value(ty));
        match pair.split_once(' ') {
            Some((option, value)) => arguments.extend([option.to_owned(), value.to_owned()]),
            None => arguments.push(pair),
        }
    }
    let body = std::path::Path::new(cache).join("body.json");
    if fact.has_body {
        let body = body.display().to_string();
        arguments.extend(["--body".to_owned(), body, "--no-validate".to_owned()]);
    }
    let run = |more: &[&str]| {
        let mut command = stage.command();
        command
            .env("CITRIX_CLOUD_TOKEN_CACHE", format!("{cache}/tokens"))
            .env("CITRIX_CLOUD_API_VERSION", "current")
            .args(&arguments)
            .args(more);
        if words[0] == "daas"
            && !["me", "sites health-check"].contains(&words[1..].join(" ").as_str())
        {
            command.args(["--site", ids::SITE_ID]);
        }
        Ran::of(&mut command)
    };
    let mut ran = run(&[]);
    if ran.stderr.contains("asks for confirmation") {
        ran = run(&["--yes"]);
    }
    let mut path = fact.path.to_owned();
    for (at, name) in names.iter().enumerate() {
        let template = format!("{{{}}}", name.split(' ').next()?);
        let value = match at == 0 && of_the_site {
            true => ids::SITE_ID.to_owned(),
            false => name.replace(' ', "%20"),
        };
        path = path.replacen(&template, &value, 1);
    }
    let path = format!("/cvad/manage{path}");
    let sent = stage.emulator().journal().entries();
    let mut sent = sent.into_iter().rev();
    let Some(exchange) = sent.find(|it| it.method == fact.method && it.path == path) else {
        return Some(format!(
            "{arguments:?}: no {} {path}: {}",
            fact.method, ran.stderr
        ));
    };
    let pairs = |text: &str| -> BTreeSet<String> {
        let pairs = text.split('&').filter(|it| !it.is_empty());
        pairs.map(str::to_owned).collect()
    };
    let expected = fact.query.iter();
    let expected = expected.map(|(name, ty)| format!("{name}={}", value(ty).replace(' ', "%20")));
    let expected: BTreeSet<String> = expected.collect();
    let arrived = pairs(exchange.query.as_deref().unwrap_or_default());
    if arrived != expected {
        return Some(format!("{words:?}: {arrived:?} instead of {expected:?}"));
    }
    let arrived: Value = serde_json::from_slice(&exchange.body).unwrap_or_default();
    let expected = match fact.has_body {
        true => serde_json::from_str(BODY).unwrap(),
        false => Value::Null,
    };
    if arrived != expected {
        return Some(format!("{words:?}: {arrived} instead of {expected}"));
    }
    // For an operation that it does not implement, the emulator's error contains the name.
    let unknown = exchange.status == 501 && !ran.stderr.contains("501");
    unknown.then(|| format!("{words:?}: {}", ran.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn commands_send_what_the_facts_say() {
    let facts = facts();
    let commands = commands();
    assert_eq!(facts.len(), 537);
    let by_hand: Vec<&str> = facts
        .iter()
        .filter(|fact| commands[fact.id].is_none())
        .map(|fact| fact.id)
        .collect();
    let cache = std::env::temp_dir().join(format!("every-operation-{}", uuid::Uuid::new_v4()));
    std::fs::create_dir(&cache).unwrap();
    std::fs::write(cache.join("body.json"), BODY).unwrap();
    let cache_path = cache.display().to_string();
    let parts: Vec<&[Fact]> = facts.chunks(facts.len().div_ceil(4)).collect();
    let mut differences = Vec::new();
    let mut stages = Vec::new();
    for _ in &parts {
        stages.push(Stage::new().await);
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .iter()
            .zip(&stages)
            .map(|(part, stage)| {
                let (commands, cache) = (&commands, &cache_path);
                scope.spawn(move || {
                    let typed = part.iter().filter_map(|fact| {
                        let words = commands[fact.id].as_ref()?;
                        difference(stage, fact, words, cache)
                    });
                    typed.collect::<Vec<_>>()
                })
            })
            .collect();
        for thread in running {
            differences.extend(thread.join().unwrap());
        }
    });
    std::fs::remove_dir_all(&cache).unwrap();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(by_hand, BY_HAND);
}
