//! The objects of the default site next to its machines: a small set of every kind, connected with one another.

use super::{Kind, Resource, Resources};
use crate::ids;

pub(super) fn site_objects() -> Resources {
    let mut all = Resources::default();
    for (kind, resource) in objects() {
        all.push(kind, resource);
    }
    all
}

fn objects() -> Vec<(Kind, Resource)> {
    let number = |resource: Resource, uid: u32| resource.with("Uid", uid);
    vec![
        (
            Kind::Zone,
            number(Resource::new("Primary").with_id(ids::ZONE_ID), 1),
        ),
        (
            Kind::DeliveryGroup,
            number(
                Resource::new("Demo Desktops").with_id(ids::DELIVERY_GROUP_ID),
                1,
            ),
        ),
    ]
}
