//! The resources of each hypervisor type, as trees.

use crate::world::Resource;

/// The paths of all resources; as on the service, the suffix of a name is its type.
pub(in crate::daas) struct Tree {
    pub(in crate::daas) paths: &'static [&'static str],
    /// The path at which resource pools start.
    pub(in crate::daas) pools_at: &'static str,
}

const AT_THE_ROOT: Tree = Tree {
    paths: &[
        "Host 1.host",
        "Host 2.host",
        "Desktops.network",
        "Management.network",
        "Local.storage",
        "Shared.storage",
        // Some clients compare in lower case.
        "nfs01.storage",
        "Windows 2022.vm",
        "Windows 2022.vm/Base.snapshot",
        "Windows 2022.vm/Base.snapshot/November.snapshot",
        "Windows 11.vm",
        "Windows 11.vm/Base.snapshot",
        "Templates.folder",
        "Templates.folder/Standard.template",
    ],
    pools_at: "",
};

const IN_A_CLUSTER: Tree = Tree {
    paths: &[
        "Datacenter 1.datacenter",
        "Datacenter 1.datacenter/Cluster 1.cluster",
        "Datacenter 1.datacenter/Cluster 1.cluster/Host 1.host",
        "Datacenter 1.datacenter/Cluster 1.cluster/Host 2.host",
        "Datacenter 1.datacenter/Cluster 1.cluster/Desktops.network",
        "Datacenter 1.datacenter/Cluster 1.cluster/Management.network",
        "Datacenter 1.datacenter/Cluster 1.cluster/Local.storage",
        "Datacenter 1.datacenter/Cluster 1.cluster/Shared.storage",
        "Datacenter 1.datacenter/Cluster 1.cluster/Windows 2022.vm",
        "Datacenter 1.datacenter/Cluster 1.cluster/Windows 2022.vm/Base.snapshot",
        "Datacenter 1.datacenter/Cluster 1.cluster/Windows 2022.vm/Base.snapshot/November.snapshot",
        "Datacenter 1.datacenter/Cluster 1.cluster/Windows 11.vm",
        "Datacenter 1.datacenter/Cluster 1.cluster/Windows 11.vm/Base.snapshot",
        "Datacenter 1.datacenter/Templates.folder",
        "Datacenter 1.datacenter/Templates.folder/Standard.template",
    ],
    pools_at: "Datacenter 1.datacenter/Cluster 1.cluster",
};

const IN_REGIONS: Tree = Tree {
    paths: &[
        "East US.region",
        "East US.region/virtualprivatecloud.folder",
        "West Europe.region",
        "West Europe.region/image.folder",
        "West Europe.region/image.folder/Office.resourcegroup",
        "West Europe.region/image.folder/Office.resourcegroup/Windows 11.manageddisk",
        "West Europe.region/image.folder/Office.resourcegroup/Windows 2022.manageddisk",
        "West Europe.region/machineprofile.folder",
        "West Europe.region/machineprofile.folder/Office.resourcegroup",
        "West Europe.region/machineprofile.folder/Office.resourcegroup/Profile.vm",
        "West Europe.region/serviceoffering.folder",
        "West Europe.region/serviceoffering.folder/Standard_D2s_v5.serviceoffering",
        "West Europe.region/serviceoffering.folder/Standard_D4s_v5.serviceoffering",
        "West Europe.region/virtualprivatecloud.folder",
        "West Europe.region/virtualprivatecloud.folder/Office.resourcegroup/Office.virtualprivatecloud",
        "West Europe.region/virtualprivatecloud.folder/Office.resourcegroup/Office.virtualprivatecloud/Desktops.network",
        "West Europe.region/vm.folder",
        "West Europe.region/vm.folder/Office.resourcegroup/Desktop 1.vm",
    ],
    pools_at: "West Europe.region",
};

const IN_ZONES: Tree = Tree {
    paths: &[
        "Office.virtualprivatecloud",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/10.0.1.0\u{2044}24 (desktops).network",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/Windows 2022 (ami-0123456789abcdef0).template",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/Windows 11 (ami-0fedcba9876543210).template",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/T3 Medium Instance.serviceoffering",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/T3 Large Instance.serviceoffering",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/default.securitygroup",
        "Office.virtualprivatecloud/us-east-1a.availabilityzone/Profile (i-0123456789abcdef0).vm",
    ],
    pools_at: "Office.virtualprivatecloud/us-east-1a.availabilityzone",
};

const IN_PROJECTS: Tree = Tree {
    paths: &[
        "demolab.project",
        "demolab.project/europe-west3.region",
        "demolab.project/europe-west3.region/office.virtualprivatecloud",
        "demolab.project/europe-west3.region/office.virtualprivatecloud/desktops.network",
        "demolab.project/europe-west3.region/windows-2022.vm",
        "demolab.project/europe-west3.region/windows-2022.vm/base.snapshot",
        "demolab.project/europe-west3.region/windows-11.vm",
        "demolab.project/europe-west3.region/windows-11.vm/base.snapshot",
    ],
    pools_at: "demolab.project/europe-west3.region",
};

const IN_NAMESPACES: Tree = Tree {
    paths: &[
        "desktops.namespace",
        "desktops.namespace/desktops.network",
        "desktops.namespace/management.network",
        "desktops.namespace/standard.storage",
        "desktops.namespace/fast.storage",
        "desktops.namespace/windows-2022.vm",
        "desktops.namespace/windows-2022.vm/base.snapshot",
        "desktops.namespace/windows-11.vm",
        "desktops.namespace/windows-11.vm/base.snapshot",
    ],
    pools_at: "desktops.namespace",
};

const ON_HOSTS: Tree = Tree {
    paths: &[
        "Host 1.host",
        "Host 1.host/Desktops.network",
        "Host 1.host/Management.network",
        "Host 1.host/Local.storage",
        "Host 1.host/Shared.storage",
        "Host 1.host/Windows 2022.vm",
        "Host 1.host/Windows 2022.vm/Base.snapshot",
        "Host 1.host/Windows 2022.vm/Base.snapshot/November.snapshot",
        "Host 1.host/Windows 11.vm",
        "Host 1.host/Windows 11.vm/Base.snapshot",
        "Host 2.host",
        "Host 2.host/Desktops.network",
        "Host 2.host/Shared.storage",
    ],
    pools_at: "Host 1.host",
};

/// Returns the tree for a hypervisor's type.
pub(in crate::daas) fn tree_of(hypervisor: Option<&Resource>) -> &'static Tree {
    let kind = hypervisor.and_then(|it| it.fields.get("ConnectionType")?.as_str());
    match kind {
        Some("VCenter") => &IN_A_CLUSTER,
        Some("SCVMM") => &ON_HOSTS,
        Some("AzureRM") => &IN_REGIONS,
        Some("AWS" | "AmazonWorkSpacesCore") => &IN_ZONES,
        Some("GoogleCloudPlatform") => &IN_PROJECTS,
        Some("OpenShift") => &IN_NAMESPACES,
        _ => &AT_THE_ROOT,
    }
}
