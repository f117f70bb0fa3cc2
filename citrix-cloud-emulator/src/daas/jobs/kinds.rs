//! The job type of each operation.

use crate::schema::{Model, model};

/// Operations whose names do not end with their job type.
const OTHERS: [(&str, &str); 42] = [
    ("AdminCreateAdminAdministrator", "CreateAdmin"),
    ("AdminDeleteAdminAdministrator", "DeleteAdmin"),
    ("AdminUpdateAdminAdministrator", "UpdateAdmin"),
    (
        "ApplicationGroupsSetApplicationGroupTags",
        "SetTagApplicationGroups",
    ),
    ("ApplicationsGetApplication", "GetApplications"),
    ("ApplicationsPatchApplication", "UpdateApplication"),
    ("BatchDoBatchRequest", "Batch"),
    (
        "DeliveryGroupsCreateAutoscalePluginTemplate",
        "NewAutoscalePluginTemplate",
    ),
    (
        "DeliveryGroupsCreateDeliveryGroupAutoscaleGroupPlugin",
        "NewDeliveryGroupAutoscaleGroupPlugin",
    ),
    (
        "DeliveryGroupsDeleteDeliveryGroupAutoscaleGroupPlugin",
        "DeleteDeliveryGroupAutoscaleGroupPluginByUid",
    ),
    ("DeliveryGroupsDoAddMachines", "AddDeliveryGroupMachines"),
    (
        "DeliveryGroupsDoRemoveMachines",
        "RemoveDeliveryGroupMachines",
    ),
    (
        "DeliveryGroupsGetDeliveryGroupTags",
        "GetTagsAssociatedWithDeliveryGroup",
    ),
    ("DeliveryGroupsPatchDeliveryGroup", "UpdateDeliveryGroup"),
    ("DeliveryGroupsSetDeliveryGroupTags", "SetTagDeliveryGroups"),
    (
        "HypervisorsCreateResourcePool",
        "CreateHypervisorResourcePool",
    ),
    (
        "HypervisorsDeleteHypervisorResourcePool",
        "DeleteResourcePool",
    ),
    ("HypervisorsPatchHypervisor", "UpdateHypervisor"),
    (
        "HypervisorsPatchHypervisorResourcePool",
        "UpdateHypervisorResourcePool",
    ),
    ("IdentityGetUsers", "GetUsersIdentity"),
    (
        "ImageDefinitionsDeleteImageDefinition",
        "RemoveImageDefinition",
    ),
    (
        "ImageDefinitionsDeleteImageDefinitionImageVersion",
        "DeleteImageVersion",
    ),
    (
        "MachineCatalogsGetMachineCatalog",
        "GetMachineCatalogDetails",
    ),
    ("MachineCatalogsGetMachineCatalogsV2", "GetMachineCatalogs"),
    (
        "MachineCatalogsSetMachineCatalogTags",
        "SetTagMachineCatalogs",
    ),
    ("MachinesAddMachineTags", "SetTagMachines"),
    ("MachinesGetMachinesV2", "GetMachines"),
    ("MachinesRebootMachine", "RebootMachines"),
    ("MachinesRemoveMachine", "DeleteMachine"),
    ("MachinesRemoveMachineTags", "SetTagMachines"),
    ("MachinesResumeMachine", "ResumeMachines"),
    ("MachinesSetMachineTags", "SetTagMachines"),
    ("MachinesShutdownMachine", "ShutDownMachines"),
    ("MachinesStartMachine", "StartMachines"),
    ("MachinesSuspendMachine", "SuspendMachines"),
    ("PvsStreamingGetPvsStreamingSites", "GetPvsSite"),
    ("PvsStreamingGetPvsStreamingStores", "GetPvsStore"),
    ("PvsStreamingGetPvsStreamingVDisks", "GetPvsVDisk"),
    ("SessionsDisconnectSession", "DisconnectSessions"),
    ("SessionsGetSessionsV2", "GetSessions"),
    ("SessionsLogoffSession", "LogoffSessions"),
    ("TagsPatchTag", "UpdateTag"),
];

/// Returns an operation's job type, as in the `JobType` enumeration.
pub(in crate::daas) fn kind(operation: &str) -> &'static str {
    let other = OTHERS.iter().find(|(it, _)| *it == operation);
    if let Some((_, kind)) = other {
        return kind;
    }
    let Some(Model::Enumeration(kinds)) = model("JobType") else {
        return "Unknown";
    };
    let fitting = kinds.iter().filter(|kind| operation.ends_with(**kind));
    fitting
        .max_by_key(|kind| kind.len())
        .copied()
        .unwrap_or("Unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_enumeration() {
        let Some(Model::Enumeration(kinds)) = model("JobType") else {
            panic!("no job types");
        };
        for (operation, kind) in OTHERS {
            assert!(kinds.contains(&kind), "{operation}: {kind}");
        }
        assert_eq!(kind("TagsCreateTag"), "CreateTag");
        assert_eq!(kind("MachinesRebootMachine"), "RebootMachines");
        assert_eq!(kind("AboutGetAbout"), "Unknown");
    }
}
