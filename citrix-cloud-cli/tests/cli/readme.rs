//! The console blocks of the README and the guide show what the program does.

use std::path::{Path, PathBuf};

use crate::stage::{Ran, Stage};

/// The position of a block, the arguments of its command, and its output.
struct Block {
    place: String,
    arguments: Vec<String>,
    shown: String,
}

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let chapters = std::fs::read_dir(root.join("docs/src")).expect("the guide is there");
    let mut pages: Vec<PathBuf> = chapters
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|it| it == "md"))
        .collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// Returns every `$ citrix-cloud ...` of the console blocks with the lines below it.
fn blocks(page: &Path) -> Vec<Block> {
    let text = std::fs::read_to_string(page)
        .expect("a page reads")
        .replace("\r\n", "\n");
    let mut blocks: Vec<Block> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            _ if !inside => {}
            line => match line.strip_prefix("$ ") {
                Some(command) => blocks.push(Block {
                    place: format!("{}:{}", page.display(), number + 1),
                    arguments: words(command),
                    shown: String::new(),
                }),
                None => {
                    if let Some(block) = blocks.last_mut() {
                        block.shown += line;
                        block.shown.push('\n');
                    }
                }
            },
        }
    }
    blocks.retain(|block| block.arguments[0] == "citrix-cloud");
    blocks
}

/// Splits a command into words; double quotes keep spaces in a word.
fn words(command: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in command.split('"').enumerate() {
        match index % 2 {
            0 => words.extend(piece.split_whitespace().map(str::to_owned)),
            _ => words.push(piece.to_owned()),
        }
    }
    words
}

#[tokio::test(flavor = "multi_thread")]
async fn every_console_block_shows_what_the_program_prints() {
    let blocks: Vec<Block> = pages().iter().flat_map(|page| blocks(page)).collect();
    assert!(blocks.len() >= 4, "{} blocks", blocks.len());
    for block in blocks {
        let stage = Stage::new().await;
        let ran = Ran::of(stage.command().args(&block.arguments[1..]));
        assert_eq!(ran.stdout, block.shown, "{}\n{}", block.place, ran.stderr);
    }
}
