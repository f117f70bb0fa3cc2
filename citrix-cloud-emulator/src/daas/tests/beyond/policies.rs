//! Enables, copies, compares, simulates and validates policies.

use serde_json::{Value, json};

use super::{GROUP, NONE};
use crate::daas::tests::site::Site;
use crate::ids;

const BUILT_IN: &str = "DefaultSitePolicies";

async fn sets(site: &Site) -> Vec<Value> {
    site.items("GpoReadGpoPolicySets", &[], "").await
}

async fn policies(site: &Site, set: &str) -> Vec<Value> {
    let query = format!("policySetGuid={set}&withSettings=true&withFilters=true");
    site.items("GpoReadGpoPolicies", &[], &query).await
}

fn guid(it: &Value, field: &str) -> String {
    it[field].as_str().unwrap().to_owned()
}

pub(super) async fn together(site: &Site) {
    let set = guid(&sets(site).await[0], "policySetGuid");
    let policy = guid(&policies(site, &set).await[0], "policyGuid");
    for (operation, enabled) in [
        ("GpoDisableGpoPolicies", false),
        ("GpoEnableGpoPolicies", true),
    ] {
        site.ok(operation, &[], "", json!([policy])).await;
        assert_eq!(
            policies(site, &set).await[0]["isEnabled"],
            enabled,
            "{operation}"
        );
    }
    let operation = "GpoCopyGpoPolicySet";
    let copy = site
        .ok(operation, &[&set], "name=Copied&withFilters=false", NONE)
        .await;
    assert_eq!(
        (&copy["name"], &copy["policyCount"]),
        (&json!("Copied"), &json!(1))
    );
    let taken = site
        .call(operation, &[&set], "name=Copied&withFilters=false", &NONE)
        .await;
    assert_eq!(taken.status, 409);
    let copied = guid(&copy, "policySetGuid");
    let inner = &policies(site, &copied).await[0];
    assert_eq!(inner["settings"].as_array().unwrap().len(), 1);
    assert_eq!(inner["filters"], json!([]));
    assert_ne!(inner["policyGuid"], json!(policy));
    let body = json!({ "policyGuids": [policy], "toPolicySets": [copied] });
    site.ok("GpoCopyGpoPolicies", &[], "withFilters=true", body)
        .await;
    let all = policies(site, &copied).await;
    let names: Vec<_> = all.iter().map(|it| it["policyName"].clone()).collect();
    assert_eq!(names, ["Unfiltered", "Unfiltered (2)"]);
    assert_eq!(all[1]["filters"].as_array().unwrap().len(), 1);
    site.ok(
        "GpoRemoveGpoPolicies",
        &[],
        "",
        json!([guid(&all[0], "policyGuid")]),
    )
    .await;
    assert_eq!(policies(site, &copied).await.len(), 1);
    assert_eq!(
        policies(site, &set).await.len(),
        1,
        "{BUILT_IN} is as it was"
    );
    site.ok("GpoDeleteGpoPolicySet", &[&copied], "", NONE).await;
}

pub(super) async fn simulated_and_checked(site: &Site) {
    let definitions = site.items("GpoGetFilterDefinitions", &[], "").await;
    assert!(
        definitions
            .iter()
            .any(|it| it["filterType"] == "DesktopGroup")
    );
    let operation = "GpoGetSettingFullDetail";
    let detail = site
        .ok(operation, &[], "settingName=ClipboardRedirection", NONE)
        .await;
    assert_eq!(detail["isUserSetting"], true);
    assert_eq!(
        site.call(operation, &[], "settingName=x", &NONE)
            .await
            .status,
        404
    );

    let set = guid(&sets(site).await[0], "policySetGuid");
    let setting =
        |value: &str| json!([{ "settingName": "ClipboardRedirection", "settingValue": value }]);
    let filters = json!([{ "filterType": "ClientName", "filterData": "THIN1" }]);
    let body = json!({ "name": "Thin", "settings": setting("true"), "filters": filters });
    let query = format!("policySetGuid={set}");
    let thin = site.ok("GpoCreateGpoPolicy", &[], &query, body).await;
    let thin = guid(&thin, "policyGuid");
    let everyone = guid(&policies(site, &set).await[0], "policyGuid");
    let compared = site
        .ok(
            "GpoComparePolicies",
            &[],
            "withDefaults=true",
            json!([everyone, thin]),
        )
        .await;
    let row = &compared["Result"][0];
    assert_eq!(row["Values"], json!(["false", "true"]));
    assert_eq!(row["IsDifferent"], true);
    // The second one has it too, but has a lower priority.
    site.ok("GpoRankGpoPolicies", &[], &query, json!([thin, everyone]))
        .await;
    for (client, wins) in [("THIN1", "Thin"), ("OTHER", "Unfiltered")] {
        let response = site
            .ok(
                "GpoRunSimulation",
                &[],
                &query,
                json!({ "ClientName": client }),
            )
            .await;
        let of_user = &response[0];
        assert_eq!(of_user["IsUserRsop"], true);
        assert_eq!(
            of_user["AppliedSettings"][0]["PolicyName"], wins,
            "{client}"
        );
    }
    assert_eq!(site.ok("GpoRunValidation", &[], "", NONE).await, json!([]));
    let all = site.ok("GpoRunValidation", &[], "all=true", NONE).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    let query = format!("policyGuid={thin}");
    for (data, wrong) in [(ids::DELIVERY_GROUP_ID, 0), ("nothing", 1)] {
        let body = json!({ "filterType": "DesktopGroup", "filterData": data });
        site.ok("GpoCreateGpoFilter", &[], &query, body).await;
        let found = site.ok("GpoRunValidation", &[], "", NONE).await;
        assert_eq!(
            found.as_array().unwrap().len(),
            wrong,
            "{GROUP} is there, '{data}'"
        );
    }
    site.ok("GpoDeleteGpoPolicy", &[&thin], "", NONE).await;
}
