//! Checks whether an object exists, and tests. Everything in an emulated site passes its test.

use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::hypervisors;
use super::resource;
use super::times::{formatted, spoken};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::{Model, filled, model};
use crate::world::{RegistrationState, Resource, ResourceKind};

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "AdminCheckRoleNameExists" => |it| resource::exists(it, ResourceKind::Role),
        "AdminCheckScopeNameExists" => |it| resource::exists(it, ResourceKind::Scope),
        "ApplicationGroupsCheckApplicationGroupExists" => {
            |it| resource::exists(it, ResourceKind::ApplicationGroup)
        }
        "ApplicationsCheckApplicationExists" => {
            |it| resource::exists(it, ResourceKind::Application)
        }
        "DeliveryGroupsCheckDeliveryGroupExists" => {
            |it| resource::exists(it, ResourceKind::DeliveryGroup)
        }
        "HypervisorsCheckHypervisorExists" => |it| resource::exists(it, ResourceKind::Hypervisor),
        "ImageDefinitionsCheckImageDefinitionExist" => {
            |it| resource::exists(it, ResourceKind::ImageDefinition)
        }
        "TagsCheckTagExists" => |it| resource::exists(it, ResourceKind::Tag),
        "HypervisorsCheckHypervisorResourcePoolExists" => {
            |it| hypervisors::pool(it).map(|_| Reply::empty(200))
        }
        "DeliveryGroupsCheckRebootScheduleNameExists" => {
            |it| part_exists(it, ResourceKind::DeliveryGroup, "RebootSchedules", "Name")
        }
        "MachineCatalogsCheckRemotePCEnrollmentScopeExists" => |it| {
            part_exists(
                it,
                ResourceKind::MachineCatalog,
                "RemotePCEnrollmentScopes",
                "OU",
            )
        },
        "ApplicationGroupsTestApplicationGroupExists" => {
            |it| name_exists(it, ResourceKind::ApplicationGroup)
        }
        "DeliveryGroupsTestDeliveryGroupExists" => {
            |it| name_exists(it, ResourceKind::DeliveryGroup)
        }
        "MachineCatalogsTestMachineCatalogExists" => {
            |it| name_exists(it, ResourceKind::MachineCatalog)
        }
        "SitesTestSite" => |it| tested(it, None),
        "DeliveryGroupsTestDeliveryGroup" => |it| tested(it, Some(ResourceKind::DeliveryGroup)),
        "HypervisorsTestHypervisor" => |it| tested(it, Some(ResourceKind::Hypervisor)),
        "IdentityTestServiceAccount" => |it| tested(it, Some(ResourceKind::ServiceAccount)),
        "MachineCatalogsTestMachineCatalog" => |it| tested(it, Some(ResourceKind::MachineCatalog)),
        "HypervisorsTestHypervisorResourcePool" => pool_tested,
        "SitesGetSiteTestReport" => |it| report(it, None, "Site"),
        "DeliveryGroupsGetDeliveryGroupTestReport" => {
            |it| report(it, Some(ResourceKind::DeliveryGroup), "DeliveryGroup")
        }
        "HypervisorsGetHypervisorTestReport" => {
            |it| report(it, Some(ResourceKind::Hypervisor), "Hypervisor")
        }
        "IdentityGetServiceAccountTestReport" => {
            |it| report(it, Some(ResourceKind::ServiceAccount), "ServiceAccount")
        }
        "MachineCatalogsGetMachineCatalogTestReport" => {
            |it| report(it, Some(ResourceKind::MachineCatalog), "MachineCatalog")
        }
        "HypervisorsGetHypervisorResourcePoolTestReport" => |it| {
            hypervisors::pool(it)?;
            reported(it, "ResourcePool")
        },
        "MachineCatalogsTestRemotePCEnrollmentScopeExists" => |it| {
            part_named_in_body(
                it,
                ResourceKind::MachineCatalog,
                "RemotePCEnrollmentScopes",
                "OU",
            )
        },
        "SitesCheckObjectNameExists" => object_exists,
        "MachinesTestMachine" => machine_tested,
        "MachinesGetTestMachineReport" => machine_tested,
        _ => return None,
    })
}

/// Kinds of objects, by their names in a name check.
const CHECKED: [(&str, ResourceKind); 11] = [
    ("MachineCatalog", ResourceKind::MachineCatalog),
    ("DeliveryGroup", ResourceKind::DeliveryGroup),
    ("Machine", ResourceKind::Machine),
    ("Application", ResourceKind::Application),
    ("ApplicationGroup", ResourceKind::ApplicationGroup),
    ("AdminFolder", ResourceKind::AdminFolder),
    ("Tag", ResourceKind::Tag),
    ("AdminRole", ResourceKind::Role),
    ("AdminScope", ResourceKind::Scope),
    ("Hypervisor", ResourceKind::Hypervisor),
    ("Zone", ResourceKind::Zone),
];

/// Returns true or false for whether an object of the kind and name in the body exists.
fn object_exists(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    let wanted = text("ObjectType");
    let kind = CHECKED.iter().find(|(name, _)| *name == wanted);
    let (_, kind) = kind.ok_or_else(|| {
        let message = format!("Names of objects of the type '{wanted}' cannot be checked.");
        orchestration::bad_request(&message)
    })?;
    let found = resource::lookup(context.site, *kind, text("NameOrPath"));
    Ok(Reply::json(200, &json!(found.is_some())))
}

/// Reports that a machine passed its test, or that it cannot be reached.
fn machine_tested(context: &mut Context<'_>) -> Outcome {
    let machine = super::machines::named(context)?;
    let is_well = machine.registration_state == RegistrationState::Registered;
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "Machine" => {
                json!({ "Id": machine.id(), "Uid": machine.uid(), "Name": machine.name() })
            }
            "Status" if is_well => json!("Ok"),
            "Status" => json!("Fail"),
            "ErrorMessage" if !is_well => json!("The machine is not registered."),
            "CommandName" => json!("RegistrationCheck"),
            "CategoryName" => json!("Registration"),
            "CreatedBy" => json!(context.administrator.display_name),
            _ => return None,
        })
    });
    Ok(Reply::json(200, &view))
}

/// Returns 200 or 404 for whether the path's first object has the part that comes second.
fn part_exists(context: &mut Context<'_>, kind: ResourceKind, list: &str, field: &str) -> Outcome {
    let it = resource::named(context, kind)?;
    has_part(&it, list, field, context.part(1))
}

/// Does the same with the name of the part in the body.
fn part_named_in_body(
    context: &mut Context<'_>,
    kind: ResourceKind,
    list: &str,
    field: &str,
) -> Outcome {
    let body = context.body()?;
    let name = body.get("Name").and_then(Value::as_str).unwrap_or_default();
    let it = resource::named(context, kind)?;
    has_part(&it, list, field, name)
}

fn has_part(it: &Resource, list: &str, field: &str, wanted: &str) -> Outcome {
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

/// Returns 200 or 404 for whether an object with the name in the body exists.
fn name_exists(context: &mut Context<'_>, kind: ResourceKind) -> Outcome {
    let body = context.body()?;
    let name = body.get("Name").and_then(Value::as_str);
    let name = name.filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| common::missing("Name"))?;
    resource::found(context.objects(), kind, name)?;
    resource::empty()
}

/// Reports that a test passed.
fn tested(context: &mut Context<'_>, kind: Option<ResourceKind>) -> Outcome {
    let it = match kind {
        Some(kind) => {
            let id = resource::named(context, kind)?.id().to_owned();
            resource::reference(context.objects(), kind, &id)
        }
        None => Some(site(context)?),
    };
    Ok(passed(context, &it.unwrap_or_default()))
}

fn pool_tested(context: &mut Context<'_>) -> Outcome {
    let pool = hypervisors::pool(context)?;
    let pool = json!({ "Id": pool.id(), "Name": pool.name });
    Ok(passed(context, &pool))
}

fn passed(context: &Context<'_>, tested: &Value) -> Reply {
    let response = resource::model_of(context);
    // The only field that is an object identifies what was tested.
    let fields = model(response).map(Model::fields).unwrap_or_default();
    let subject = fields.first().map_or("", |it| it.name);
    let view = filled(response, |field| match field.name {
        "NumPassed" => Some(json!(1)),
        name if name == subject => Some(tested.clone()),
        _ => None,
    });
    Reply::json(200, &view)
}

/// Returns the report of the last test, which passed.
fn report(context: &mut Context<'_>, kind: Option<ResourceKind>, name: &str) -> Outcome {
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
        "TestDescription": "Responds to requests",
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

/// Returns the site's id and name, if it is the one in the path.
pub(super) fn site(context: &Context<'_>) -> Result<Value, Reply> {
    let site = &*context.site;
    if site.is_called(context.name()) {
        Ok(json!({ "Id": site.id(), "Name": site.name() }))
    } else {
        Err(orchestration::not_found("Site", context.name()))
    }
}
