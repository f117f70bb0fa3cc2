//! Each step of normalization is needed, and by whose documents.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use serde_json::Value;
use xtask::pipeline::document;
use xtask::pipeline::module::Module;
use xtask::pipeline::normalize::{Context, Documents, STEPS, Step, lower, run};
use xtask::tasks::config::Config;
use xtask::tasks::regen::{context, merged};

/// Documents of others that have what documents have.
const FOREIGN: [&str; 3] = [
    include_str!("../generate/everything.yml"),
    include_str!("../generate/swagger.yml"),
    include_str!("../generate/sent.yml"),
];

/// The document after some steps; nothing when one of them refuses it, or stops at what an earlier
/// one would have put in order.
fn after(steps: &[Step], mut document: Value, context: Context<'_>) -> Option<Value> {
    let ran = catch_unwind(AssertUnwindSafe(|| run(steps, &mut document, context)));
    ran.ok()?.ok().map(|_| document)
}

fn without(name: &str) -> Vec<Step> {
    STEPS.into_iter().filter(|step| step.name != name).collect()
}

/// Every module of this workspace with its documents as one.
fn each_of_ours(visit: &mut dyn FnMut(Value, Context<'_>)) {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let config = Config::read(&openapi.join("regen.toml")).expect("regen.toml");
    for module in &config.modules {
        let merged = merged(&openapi, &config, module).expect("merged");
        visit(merged.document, context(&config, module));
    }
}

fn each_of_others(visit: &mut dyn FnMut(Value, Context<'_>)) {
    let (module, headers): (Module, _) = (super::module(), super::injected_headers());
    for yaml in FOREIGN {
        let mut document = document::parse(yaml).expect("a document");
        lower::apply(&mut document).expect("lowered");
        let context = Context {
            injected_headers: &headers,
            module: &module,
            max_nodes: 100_000,
        };
        visit(document, context);
    }
}

#[test]
fn every_step_is_needed_by_some_document() {
    let mut needed: BTreeSet<&str> = BTreeSet::new();
    let mut look = |of: Documents, document: Value, context: Context<'_>| {
        let all = after(&STEPS, document.clone(), context);
        assert!(all.is_some());
        for step in STEPS.iter().filter(|step| step.of == of) {
            // The documents of DaaS are large, and come last.
            if !needed.contains(step.name)
                && after(&without(step.name), document.clone(), context) != all
            {
                needed.insert(step.name);
            }
        }
    };
    each_of_ours(&mut |document, context| look(Documents::Any, document, context));
    each_of_others(&mut |document, context| look(Documents::Foreign, document, context));
    let all: BTreeSet<&str> = STEPS.iter().map(|step| step.name).collect();
    assert_eq!(needed, all);
}

#[test]
fn our_own_documents_need_none_of_the_steps_for_others() {
    let ours: Vec<Step> = STEPS
        .into_iter()
        .filter(|step| step.of == Documents::Any)
        .collect();
    each_of_ours(&mut |document, context| {
        let all = after(&STEPS, document.clone(), context);
        assert!(all.is_some());
        let less = after(&ours, document, context);
        assert!(less == all, "{}", context.module.name);
    });
}
