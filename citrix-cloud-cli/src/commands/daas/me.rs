//! `daas me`.

use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::Failure;
use crate::output::Table;

/// One row per site; the properties of the identity are repeated.
pub(crate) const TABLE: Table<'_> = Table::new(
    "customers",
    &[
        ("NAME", "/DisplayName"),
        ("E-MAIL", "/VerifiedEmail"),
        ("CUSTOMER", "/Customer"),
        ("SITE", "/Site/Name"),
        ("SITE ID", "/Site/Id"),
    ],
);

pub(super) async fn run(context: &Context) -> Result<(), Failure> {
    let me = context.client()?.daas().me().json().await?;
    match context.out.is_whole() {
        true => context.out.object(&TABLE, &me),
        false => context.out.list(&TABLE, &rows(&me)),
    }
}

/// Returns a row per site, and one row for a customer or an identity without sites.
pub(crate) fn rows(me: &Value) -> Vec<Value> {
    let row = |customer: &Value, site: &Value| {
        json!({
            "DisplayName": me["DisplayName"],
            "VerifiedEmail": me["VerifiedEmail"],
            "Customer": customer["Id"],
            "Site": site,
        })
    };
    let or_nothing = |list: &Value| match list.as_array() {
        Some(list) if !list.is_empty() => list.clone(),
        _ => vec![Value::Null],
    };
    or_nothing(&me["Customers"])
        .iter()
        .flat_map(|customer| {
            or_nothing(&customer["Sites"])
                .iter()
                .map(|site| row(customer, site))
                .collect::<Vec<_>>()
        })
        .collect()
}
