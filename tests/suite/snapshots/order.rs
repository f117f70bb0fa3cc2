//! Each step of normalization is needed by the documents that it is for.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value;
use xtask::pipeline::document;
use xtask::pipeline::facts::Facts;
use xtask::pipeline::module::Module;
use xtask::pipeline::normalize::{Context, Documents, STEPS, Step, lower, run};
use xtask::tasks::config::Config;
use xtask::tasks::regen::{context, merged};

/// Other people's documents, with everything that documents contain.
const FOREIGN: [&str; 3] = [
    include_str!("../generate/everything.yml"),
    include_str!("../generate/swagger.yml"),
    include_str!("../generate/sent.yml"),
];

/// A document and its facts.
type Known = (Value, Facts);

/// Returns both after some steps; `None` if a step rejects the document or stops at something that
/// an earlier one would have fixed.
fn after(steps: &[Step], (mut document, mut facts): Known, context: Context<'_>) -> Option<Known> {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        run(steps, &mut document, &mut facts, context)
    }));
    ran.ok()?.ok().map(|_| (document, facts))
}

fn without(name: &str) -> Vec<Step> {
    let steps = STEPS.iter().copied();
    steps.filter(|step| step.name != name).collect()
}

/// Returns every module of this workspace, with its documents merged.
fn each_of_ours(visit: &mut dyn FnMut(Known, Context<'_>)) {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let config = Config::read(&openapi.join("regen.toml")).expect("regen.toml");
    for module in &config.modules {
        let mut merged = merged(&openapi, &config, module).expect("merged");
        let facts = Facts::take(&mut merged.document, config.site_header.as_deref());
        let known = (merged.document, facts.expect("facts"));
        visit(known, context(&config, module));
    }
}

fn each_of_others(visit: &mut dyn FnMut(Known, Context<'_>)) {
    let (module, headers): (Module, _) = (super::module(), super::injected_headers());
    for yaml in FOREIGN {
        let mut document = document::parse(yaml).expect("a document");
        lower::apply(&mut document).expect("lowered");
        let context = Context {
            injected_headers: &headers,
            module: &module,
            max_fields: 100_000,
        };
        let facts = Facts::take(&mut document, None).expect("facts");
        visit((document, facts), context);
    }
}

#[test]
fn every_step_is_in_the_list() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/src/pipeline/normalize/steps");
    let list = std::fs::read_to_string(folder.join("mod.rs")).expect("the list");
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let module = path.file_stem().and_then(|it| it.to_str()).expect("a name");
        assert!(
            module == "mod" || list.contains(&format!("({module}::")),
            "`STEPS` lacks {module}"
        );
    }
}

#[test]
fn every_step_is_needed_by_some_document() {
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    let mut look = |of: Documents, known: Known, context: Context<'_>| {
        let all = after(STEPS, known.clone(), context);
        assert!(all.is_some());
        for step in STEPS.iter().filter(|step| step.of == of) {
            // The documents of DaaS are large, so they come last.
            if !needed.contains(step.name)
                && after(&without(step.name), known.clone(), context) != all
            {
                needed.insert(step.name);
            }
        }
    };
    each_of_ours(&mut |known, context| look(Documents::Any, known, context));
    each_of_others(&mut |known, context| look(Documents::Foreign, known, context));
    let idle = STEPS.iter().filter(|step| !needed.contains(step.name));
    let idle: Vec<String> = idle
        .map(|step| match step.of {
            Documents::Any => format!("{}: no document in openapi/ needs it", step.name),
            Documents::Foreign => format!(
                "{}: no document needs it; add what does to tests/suite/generate/everything.yml",
                step.name
            ),
        })
        .collect();
    assert!(idle.is_empty(), "{idle:#?}");
}

#[test]
fn our_own_documents_need_none_of_the_steps_for_others() {
    let ours: Vec<Step> = STEPS
        .iter()
        .copied()
        .filter(|step| step.of == Documents::Any)
        .collect();
    each_of_ours(&mut |known, context| {
        let all = after(STEPS, known.clone(), context);
        assert!(all.is_some());
        if after(&ours, known.clone(), context) == all {
            return;
        }
        let foreign = STEPS.iter().filter(|step| step.of == Documents::Foreign);
        let needed: Vec<&str> = foreign
            .map(|step| step.name)
            .filter(|name| after(&without(name), known.clone(), context) != all)
            .collect();
        panic!(
            "the documents of {} need {needed:?}: make it `Documents::Any` in \
             xtask/src/pipeline/normalize/steps/mod.rs",
            context.module.name
        );
    });
}
