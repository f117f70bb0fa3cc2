//! Questions about objects: is there one of this name, and is it well. Everything in an emulated site is well.

use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::hypervisors;
use super::resource;
use super::times::{formatted, spoken};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::{Model, filled, model};
use crate::world::Kind;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "AdminCheckRoleNameExists" => |it| resource::exists(it, Kind::Role),
        "AdminCheckScopeNameExists" => |it| resource::exists(it, Kind::Scope),
        "ApplicationGroupsCheckApplicationGroupExists" => {
            |it| resource::exists(it, Kind::ApplicationGroup)
        }
        "ApplicationsCheckApplicationExists" => |it| resource::exists(it, Kind::Application),
        "DeliveryGroupsCheckDeliveryGroupExists" => |it| resource::exists(it, Kind::DeliveryGroup),
        "HypervisorsCheckHypervisorExists" => |it| resource::exists(it, Kind::Hypervisor),
        "ImageDefinitionsCheckImageDefinitionExist" => {
            |it| resource::exists(it, Kind::ImageDefinition)
        }
        "TagsCheckTagExists" => |it| resource::exists(it, Kind::Tag),
        "HypervisorsCheckHypervisorResourcePoolExists" => {
            |it| hypervisors::pool(it).map(|_| Reply::empty(200))
        }
        "DeliveryGroupsCheckRebootScheduleNameExists" => {
            |it| part_exists(it, Kind::DeliveryGroup, "RebootSchedules", "Name")
        }
        "MachineCatalogsCheckRemotePCEnrollmentScopeExists" => {
            |it| part_exists(it, Kind::MachineCatalog, "RemotePCEnrollmentScopes", "OU")
        }
        "ApplicationGroupsTestApplicationGroupExists" => {
            |it| name_exists(it, Kind::ApplicationGroup)
        }
        "DeliveryGroupsTestDeliveryGroupExists" => |it| name_exists(it, Kind::DeliveryGroup),
        "MachineCatalogsTestMachineCatalogExists" => |it| name_exists(it, Kind::MachineCatalog),
        "SitesTestSite" => |it| tested(it, None),
        "DeliveryGroupsTestDeliveryGroup" => |it| tested(it, Some(Kind::DeliveryGroup)),
        "HypervisorsTestHypervisor" => |it| tested(it, Some(Kind::Hypervisor)),
        "IdentityTestServiceAccount" => |it| tested(it, Some(Kind::ServiceAccount)),
        "MachineCatalogsTestMachineCatalog" => |it| tested(it, Some(Kind::MachineCatalog)),
        "HypervisorsTestHypervisorResourcePool" => pool_tested,
        "SitesGetSiteTestReport" => |it| report(it, None, "Site"),
        "DeliveryGroupsGetDeliveryGroupTestReport" => {
            |it| report(it, Some(Kind::DeliveryGroup), "DeliveryGroup")
        }
        "HypervisorsGetHypervisorTestReport" => {
            |it| report(it, Some(Kind::Hypervisor), "Hypervisor")
        }
        "IdentityGetServiceAccountTestReport" => {
            |it| report(it, Some(Kind::ServiceAccount), "ServiceAccount")
        }
        "MachineCatalogsGetMachineCatalogTestReport" => {
            |it| report(it, Some(Kind::MachineCatalog), "MachineCatalog")
        }
        "HypervisorsGetHypervisorResourcePoolTestReport" => |it| {
            hypervisors::pool(it)?;
            reported(it, "ResourcePool")
        },
        _ => return None,
    })
}

/// Says by 200 or 404 whether the object that the path names first has a part that it names second.
fn part_exists(context: &mut Context<'_>, kind: Kind, list: &str, field: &str) -> Outcome {
    let it = resource::named(context, kind)?;
    let wanted = context.part(1);
    let parts = it.fields.get(list).and_then(Value::as_array);
    let mut parts = parts.into_iter().flatten();
    let found = parts.any(|part| {
        let name = part[field].as_str();
        name.is_some_and(|name| name.eq_ignore_ascii_case(wanted))
    });
    if found {
        resource::empty()
    } else {
        Err(orchestration::not_found(list, wanted))
    }
}

/// Says by 200 or 404 whether there is an object of the name in the body.
fn name_exists(context: &mut Context<'_>, kind: Kind) -> Outcome {
    let body = context.body()?;
    let name = body.get("Name").and_then(Value::as_str);
    let name = name.filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| common::missing("Name"))?;
    resource::found(context.objects(), kind, name)?;
    resource::empty()
}

/// Answers that a test has passed.
fn tested(context: &mut Context<'_>, kind: Option<Kind>) -> Outcome {
    let it = match kind {
        Some(kind) => {
            let id = resource::named(context, kind)?.id().to_owned();
            resource::reference(context.objects(), kind, &id)
        }
        None => Some(site(context)?),
    };
    Ok(passed(context, it.unwrap_or_default()))
}

fn pool_tested(context: &mut Context<'_>) -> Outcome {
    let pool = hypervisors::pool(context)?;
    let pool = json!({ "Id": pool.id(), "Name": pool.name });
    Ok(passed(context, pool))
}

fn passed(context: &Context<'_>, tested: Value) -> Reply {
    let answer = resource::model_of(context);
    // The one field that is an object says what was tested.
    let fields = model(answer).map(Model::fields).unwrap_or_default();
    let subject = fields.first().map_or("", |it| it.name);
    let view = filled(answer, |field| match field.name {
        "NumPassed" => Some(json!(1)),
        name if name == subject => Some(tested.clone()),
        _ => None,
    });
    Reply::json(200, &view)
}

/// Answers the report of the last test, which has passed.
fn report(context: &mut Context<'_>, kind: Option<Kind>, name: &str) -> Outcome {
    match kind {
        Some(kind) => drop(resource::named(context, kind)?),
        None => drop(site(context)?),
    }
    reported(context, name)
}

#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
fn reported(context: &Context<'_>, name: &str) -> Outcome {
    let now = Some(context.now);
    let result = json!({
        "TestName": format!("{name}Available"),
        "TestDescription": "Answers at all",
        "TestStartTime": spoken(now),
        "FormattedTestStartTime": formatted(now),
        "TestEndTime": spoken(now),
        "FormattedTestEndTime": formatted(now),
        "TestComponentStatus": "TestPassed",
    });
    let view = filled(resource::model_of(context), |field| match field.name {
        "TestType" => Some(json!(name)),
        "CreatedBy" => Some(json!(context.administrator.display_name)),
        "ReportTime" => Some(json!(spoken(now))),
        "FormattedReportTime" => Some(json!(formatted(now))),
        "TestResults" => Some(json!([result])),
        _ => None,
    });
    Ok(Reply::json(200, &view))
}

fn site(context: &Context<'_>) -> Result<Value, Reply> {
    let site = &*context.site;
    if site.is_called(context.name()) {
        Ok(json!({ "Id": site.id(), "Name": site.name() }))
    } else {
        Err(orchestration::not_found("Site", context.name()))
    }
}
