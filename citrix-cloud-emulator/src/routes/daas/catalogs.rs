//! `/MachineCatalogs`.

use super::catalog_view::CatalogView;
use super::machine_view::MachineView;
use super::turn::Turn;
use crate::http::errors::orchestration;
use crate::http::{Outcome, Reply};
use crate::paging;
use crate::world::Catalog;

pub(super) fn list(turn: &mut Turn<'_>) -> Outcome {
    let world = &*turn.world;
    let views = world
        .catalogs
        .iter()
        .map(|catalog| CatalogView::new(world, catalog));
    turn.shared
        .pager
        .page(&["MachineCatalogs"], &turn.call.query, views)
}

pub(super) fn get(turn: &mut Turn<'_>) -> Outcome {
    let view = CatalogView::new(turn.world, named(turn)?).detailed();
    Ok(paging::single(&turn.call.query, &view))
}

pub(super) fn exists(turn: &mut Turn<'_>) -> Outcome {
    named(turn).map(|_| Reply::empty(200))
}

pub(super) fn machines(turn: &mut Turn<'_>) -> Outcome {
    let world = &*turn.world;
    let catalog = named(turn)?;
    let list = ["CatalogMachines", catalog.id()];
    let query = &turn.call.query;
    turn.shared.pager.page_after(&list, query, |after| {
        let members = world.machines.group_after(catalog.id(), after);
        members.map(|(serial, machine)| (serial, MachineView::new(world, machine)))
    })
}

fn named<'t>(turn: &'t Turn<'_>) -> Result<&'t Catalog, Reply> {
    let catalog = turn.world.catalogs.get(turn.name());
    catalog.ok_or_else(|| orchestration::not_found("MachineCatalog", turn.name()))
}
