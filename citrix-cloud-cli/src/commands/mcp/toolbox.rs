//! The list of tools.

use clap::CommandFactory as _;

use super::tool::{Recipe, Tool};
use super::{acting, operation, plan, reading};
use crate::options::Program;

/// Returns every tool; those that write only if writes are allowed.
pub(super) fn all(writes: bool) -> Vec<Tool> {
    let program = Program::command();
    let mut recipes: Vec<&Recipe> = reading::RECIPES.iter().collect();
    if writes {
        recipes.extend(acting::RECIPES);
    }
    let mut tools: Vec<Tool> = recipes
        .into_iter()
        .map(|recipe| Tool::of(recipe, &program))
        .collect();
    tools.push(operation::finding());
    tools.push(operation::describing());
    tools.push(operation::calling(writes));
    if writes {
        tools.push(plan::confirming());
    }
    tools
}
