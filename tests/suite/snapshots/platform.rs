//! The platform module as a whole, which shows every change of a document or the generator.

use std::path::Path;

use xtask::tasks::config::Config;
use xtask::tasks::regen::make;

fn made() -> String {
    let openapi = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let config = Config::read(&openapi.join("regen.toml")).expect("regen.toml");
    let platform = config
        .modules
        .iter()
        .find(|module| module.name == "platform");
    make(&openapi, &config, platform.expect("the platform module"))
        .expect("made")
        .code
}

#[test]
fn the_platform_module() {
    insta::assert_snapshot!(made());
}

#[test]
fn the_same_documents_make_the_same_bytes() {
    assert!(made() == made(), "two runs differ");
}
