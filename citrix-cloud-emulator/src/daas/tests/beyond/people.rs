//! Access rights, and the structure of the directory.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{GROUP, HYPERVISOR, NONE, POOL};
use crate::daas::tests::site::Site;
use crate::ids;

pub(super) async fn administrators(site: &Site) {
    for (operation, path) in [
        ("ApplicationsGetApplicationAdministrators", &["Notepad"][..]),
        ("DeliveryGroupsGetDeliveryGroupsAdministrators", &[GROUP]),
        ("HypervisorsGetHypervisorAdministrators", &[HYPERVISOR]),
        (
            "HypervisorsGetHypervisorResourcePoolAdministrators",
            &[HYPERVISOR, POOL],
        ),
        (
            "MachineCatalogsGetMachineCatalogsAdministrators",
            &[ids::CATALOG_NAME],
        ),
        ("MachinesGetMachinesAdministrators", &[ids::KESTREL_ID]),
    ] {
        let all = site.items(operation, path, "").await;
        assert_eq!(all[0]["User"]["SamName"], r"DEMOLAB\pat", "{operation}");
    }
    let rights = site.items("AdminGetAdminEffectiveRights", &[], "").await;
    assert_eq!(rights[0]["Role"]["Name"], "Full Administrator");
    assert_eq!(rights[0]["Scope"]["IsAllScope"], true);
    let groups = site
        .items("AdminGetPredefinedPermissionGroups", &[], "")
        .await;
    let group = groups[0]["Id"].as_str().unwrap();
    let operation = "AdminGetPredefinedPermissionsForGroups";
    let all = site.items(operation, &[group], "").await;
    assert!(all.iter().all(|it| it["GroupId"] == group) && !all.is_empty());
    assert_eq!(
        site.call(operation, &["nothing"], "", &NONE).await.status,
        404
    );
    let operation = "AdminGetDeleteAdministratorConsequence";
    let pat = [r"DEMOLAB\pat"];
    let response = site.ok(operation, &pat, "", NONE).await;
    assert_eq!(response["Consequence"], "CannotDeleteLastFullAdmin");
    let operation = "AdminGetAdministratorNamePreview";
    assert_eq!(
        site.ok(operation, &pat, "", NONE).await["Error"],
        Value::Null
    );
    assert!(site.ok(operation, &["pat"], "", NONE).await["Error"].is_string());
    let text = |report: &Value| {
        let page = STANDARD
            .decode(report["EncodedReport"].as_str().unwrap())
            .unwrap();
        String::from_utf8(page).unwrap()
    };
    let report = site.ok("AdminGetAdministratorReport", &pat, "", NONE).await;
    assert!(text(&report).contains("<td>Full Administrator</td><td>All</td>"));
    let body = json!({ "User": r"DEMOLAB\new", "Rights": [{ "Role": "Help Desk Administrator", "Scope": "Office" }] });
    let report = site
        .ok("AdminPreviewAdministratorReport", &[], "", body)
        .await;
    assert!(text(&report).contains("<td>Help Desk Administrator</td><td>Office</td>"));
}

pub(super) async fn directory(site: &Site) {
    let domain = "demolab.example";
    let place = "Default-First-Site-Name";
    for (list, get, name) in [
        ("IdentityGetDomains", "IdentityGetDomain", domain),
        ("IdentityGetForests", "IdentityGetForest", domain),
        ("IdentityGetSites", "IdentityGetSite", place),
    ] {
        let all = site.items(list, &[], "").await;
        assert_eq!(all[0]["Name"], name);
        assert_eq!(site.ok(get, &[name], "", NONE).await, all[0]);
        assert_eq!(
            site.call(get, &["nothing"], "", &NONE).await.status,
            404,
            "{get}"
        );
    }
    let all = site.items("IdentityGetDirectories", &[], "").await;
    assert_eq!(all[0]["IdentityProvider"], "AD");
    let units = site
        .items("IdentityGetContainers", &[], "contains=desktops")
        .await;
    assert_eq!(units.len(), 1);
    assert_eq!(units[0]["Type"], "OrganizationalUnit");
    let printers = site.items("IdentityGetPrinters", &[], "").await;
    assert_eq!(printers[0]["ServerName"], "print01");
    let robin = site.ok("IdentityGetUser", &["robin"], "", NONE).await;
    assert_eq!(robin["SamName"], r"DEMOLAB\robin");
    assert_eq!(
        site.call("IdentityGetUser", &["nobody"], "", &NONE)
            .await
            .status,
        404
    );
    let query = "forest=demolab.example&domain=demolab.example";
    let body =
        json!({ "OldPassword": "a", "NewPassword": "b", "AccountPasswordFormat": "PlainText" });
    site.ok("IdentityUpdateUser", &["robin"], query, body).await;

    let unit = "OU=Desks,DC=demolab,DC=example";
    let body = json!({ "Forest": domain, "Domain": domain, "Name": "DESK1", "ParentOU": unit, "AccountPassword": "hush" });
    let made = site
        .ok("IdentityCreateMachine", &[], "", body.clone())
        .await;
    assert_eq!(made["DistinguishedName"], format!("CN=DESK1,{unit}"));
    assert_eq!(
        site.call("IdentityCreateMachine", &[], "", &body)
            .await
            .status,
        409
    );
    let body = json!({ "Enabled": false });
    site.ok("IdentityUpdateMachine", &["DESK1"], query, body)
        .await;
    for name in ["DESK1", r"DEMOLAB\DESK1", "DESK1$"] {
        let read = site.ok("IdentityGetMachine", &[name], "", NONE).await;
        assert_eq!(
            (&read["Enabled"], &read["Sid"]),
            (&json!(false), &made["Sid"])
        );
    }
    site.ok("IdentityDeleteMachine", &["DESK1"], query, NONE)
        .await;
    assert_eq!(
        site.call("IdentityGetMachine", &["DESK1"], "", &NONE)
            .await
            .status,
        404
    );
    // The accounts of the site's machines exist, and stay.
    let all = site.items("MachinesGetMachines", &[], "").await;
    let name = all[0]["Name"].as_str().unwrap();
    let account = site.ok("IdentityGetMachine", &[name], "", NONE).await;
    assert_eq!(account["Sid"], all[0]["Sid"]);
    let refused = site
        .call("IdentityDeleteMachine", &[name], query, &NONE)
        .await;
    assert_eq!(refused.status, 409);
    let accounts = site.items("IdentityGetServiceAccounts", &[], "").await;
    let account = [accounts[0]["ServiceAccountUid"].as_str().unwrap()];
    let operation = "IdentityGetServiceAccountCapabilityPatchPreview";
    let preview = site
        .ok(operation, &account, "", json!({ "Capabilities": [] }))
        .await;
    assert_eq!(preview["ImpactedCatalogs"], json!({}));
}
