//! The site itself, its administrators, and its directory.

use serde_json::json;

use super::NONE;
use crate::daas::tests::site::Site;
use crate::ids;

pub(super) async fn sites(site: &Site) {
    let id = [ids::SITE_ID];
    site.ok("MeGetMe", &[], "", NONE).await;
    site.ok("SitesGetSites", &[], "", NONE).await;
    site.ok("SitesGetSite", &id, "", NONE).await;
    site.ok("SitesGetSiteStatus", &id, "", NONE).await;
    let change = json!({ "DnsResolutionEnabled": true, "SupportedAuthenticators": "smartcard" });
    site.ok("SitesPatchSiteSettings", &id, "", change).await;
    let settings = site.ok("SitesGetSiteSettings", &id, "", NONE).await;
    assert_eq!(settings["DnsResolutionEnabled"], true);
    assert_eq!(settings["SupportedAuthenticators"], "SmartCard");
    site.ok(
        "SitesPatchMultipleRemotePCAssignments",
        &id,
        "allow=false",
        NONE,
    )
    .await;
    let allowed = site
        .ok("SitesGetMultipleRemotePCAssignments", &id, "", NONE)
        .await;
    assert_eq!(allowed, false);
    let span = "startDate=2026-08-31T00:00:00Z&endDate=2026-08-31T02:00:00Z&intervalLength=60";
    let trend = site.ok("SitesGetSessionsTrend", &id, span, NONE).await;
    assert_eq!(trend["Items"].as_array().unwrap().len(), 3);
    assert_eq!(trend["Items"][0]["ConcurrentSessions"], 2);
}

pub(super) async fn administration(site: &Site) {
    let permissions = site.items("AdminGetPredefinedPermissions", &[], "").await;
    let role = json!({ "Name": "Operators", "Permissions": [permissions[0]["Id"]] });
    site.ok("AdminCreateAdminRole", &[], "", role).await;
    let role = site.ok("AdminGetAdminRole", &["operators"], "", NONE).await;
    assert_eq!(role["Permissions"][0]["Name"], permissions[0]["Name"]);
    let roles = site.items("AdminGetAdminRoles", &[], "").await;
    assert!(roles.iter().any(|it| it["Name"] == "Operators"));
    site.ok(
        "AdminUpdateAdminRole",
        &["Operators"],
        "",
        json!({ "Name": "Night" }),
    )
    .await;
    let object = json!({ "ObjectType": "MachineCatalog", "Object": ids::CATALOG_NAME });
    let scope = json!({ "Name": "East", "ScopedObjects": [object] });
    site.ok("AdminCreateAdminScope", &[], "", scope).await;
    assert_eq!(site.items("AdminGetAdminScopes", &[], "").await.len(), 3);
    site.ok("AdminGetAdminScope", &["East"], "", NONE).await;
    let held = site
        .items("AdminGetAdminScopedObjects", &["East"], "")
        .await;
    assert_eq!(held[0]["Object"]["Name"], ids::CATALOG_NAME);
    site.ok(
        "AdminUpdateAdminScope",
        &["East"],
        "",
        json!({ "ScopedObjects": [] }),
    )
    .await;
    assert!(
        site.items("AdminGetAdminScopedObjects", &["East"], "")
            .await
            .is_empty()
    );
    let rights = json!([{ "Role": "Night", "Scope": "East" }]);
    let administrator = json!({ "User": r"DEMOLAB\jay", "Rights": rights });
    site.ok("AdminCreateAdminAdministrator", &[], "", administrator)
        .await;
    let jay = site
        .ok("AdminGetAdminAdministrator", &[r"DEMOLAB\jay"], "", NONE)
        .await;
    assert_eq!(jay["User"]["DisplayName"], "Jay Blue");
    assert_eq!(jay["ScopesAndRoles"][0]["Role"]["Name"], "Night");
    let change = json!({ "Enabled": false });
    site.ok(
        "AdminUpdateAdminAdministrator",
        &[r"DEMOLAB\jay"],
        "",
        change,
    )
    .await;
    let all = site.items("AdminGetAdminAdministrators", &[], "").await;
    assert_eq!(all[1]["Enabled"], false);
    assert_eq!(
        site.call("AdminDeleteAdminRole", &["Night"], "", &NONE)
            .await
            .status,
        409
    );
    site.ok("AdminDeleteAdminAdministrator", &[r"DEMOLAB\jay"], "", NONE)
        .await;
    site.ok("AdminDeleteAdminRole", &["Night"], "", NONE).await;
    site.ok("AdminDeleteAdminScope", &["East"], "", NONE).await;
}

pub(super) async fn directory(site: &Site) {
    let users = site
        .items("IdentityGetUsers", &[], "startsWith=ro&userType=User")
        .await;
    assert_eq!(
        (users.len(), &users[0]["DisplayName"]),
        (1, &json!("Robin Red"))
    );
    let users = site
        .items("IdentityGetUsers", &[], "user=DEMOLAB%5Cnobody")
        .await;
    assert_eq!(users[0]["SamName"], r"DEMOLAB\nobody");
    let machines = site
        .items("IdentityGetMachines", &[], "contains=kest")
        .await;
    assert_eq!(machines[0]["SamName"], r"DEMOLAB\KESTREL$");
    site.ok("IdentityGetContainer", &["Desktops"], "", NONE)
        .await;
    let account = json!({
        "IdentityProviderType": "ActiveDirectory", "IdentityProviderIdentifier": "demolab.example",
        "AccountId": "svc", "AccountSecret": "hush", "SecretExpiryTime": "2027-01-01", "Capabilities": ["ADMachineManagement"],
        "DisplayName": "Second",
    });
    let made = site
        .ok("IdentityCreateServiceAccount", &[], "", account)
        .await;
    assert_eq!(made["Capabilities"][0]["Name"], "ADMachineManagement");
    assert!(!format!("{:?}", site.emulator.world()).contains("hush"));
    let id = [made["ServiceAccountUid"].as_str().unwrap()];
    let changed = site
        .ok(
            "IdentitySetServiceAccount",
            &id,
            "",
            json!({ "Description": "For tests" }),
        )
        .await;
    assert_eq!(changed["Description"], "For tests");
    site.ok("IdentityGetServiceAccount", &id, "", NONE).await;
    assert_eq!(
        site.items("IdentityGetServiceAccounts", &[], "")
            .await
            .len(),
        2
    );
    site.ok("IdentityDeleteServiceAccount", &id, "", NONE).await;
}
