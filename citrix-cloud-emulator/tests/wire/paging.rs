use citrix_cloud_emulator::{Emulator, World, ids};
use serde_json::{Value, json};

use crate::client::{Cloud, escape};

async fn many(count: usize) -> Cloud {
    Cloud::built(Emulator::builder().world(World::with_machines(count))).await
}

#[tokio::test]
async fn pages_continue_until_the_token_is_null() {
    let cloud = many(2_100).await;
    let list = format!(
        "/MachineCatalogs/{}/Machines?limit=1000&fields=Name",
        ids::CATALOG_ID
    );
    let (mut names, mut token) = (Vec::new(), String::new());
    loop {
        let response = cloud.site("GET", &format!("{list}{token}")).await;
        assert_eq!(response.status, 200);
        let body = response.json();
        let page = body["Items"].as_array().unwrap().iter();
        names.extend(page.map(|it| it["Name"].as_str().unwrap().to_owned()));
        let Some(next) = body["ContinuationToken"].as_str() else {
            break;
        };
        assert!("+=#/".chars().all(|it| next.contains(it)), "{next}");
        token = format!("&continuationToken={}", escape(next));
    }
    assert_eq!(names.len(), 2_100);
    assert_eq!(names.first().map(String::as_str), Some(r"DEMOLAB\VDA00001"));
    assert_eq!(names.last().map(String::as_str), Some(r"DEMOLAB\VDA02100"));
    names.dedup();
    assert_eq!(names.len(), 2_100);
}

#[tokio::test]
async fn a_page_holds_250_by_default_and_at_most_1000() {
    let cloud = many(1_200).await;
    for (query, count) in [("", 250), ("?limit=7", 7), ("?LIMIT=1000", 1000)] {
        let body = cloud.site("GET", &format!("/Machines{query}")).await.json();
        assert_eq!(body["Items"].as_array().unwrap().len(), count);
    }
    for limit in ["1001", "0", "-1", "ten", "", "99999999999999999999"] {
        let response = cloud.site("GET", &format!("/Machines?limit={limit}")).await;
        assert_eq!(response.status, 400, "{limit}");
        assert_eq!(
            response.json()["parameters"][0],
            json!({ "name": "name", "value": "limit" })
        );
    }
}

#[tokio::test]
async fn a_token_is_refused_where_it_does_not_belong() {
    let cloud = many(10).await;
    let body = cloud.site("GET", "/Machines?limit=4").await.json();
    let token = escape(body["ContinuationToken"].as_str().unwrap());
    for (query, status) in [
        (format!("limit=4&continuationToken={token}"), 200),
        (format!("limit=5&continuationToken={token}"), 400),
        (format!("limit=4&fields=Id&continuationToken={token}"), 400),
        ("limit=4&continuationToken=made-up".to_owned(), 400),
        // The token as it arrives if a caller forgets to encode it.
        (
            format!("limit=4&continuationToken={}", token.replace("%2B", "+")),
            400,
        ),
    ] {
        let response = cloud.site("GET", &format!("/Machines?{query}")).await;
        assert_eq!(response.status, status, "{query}");
    }
}

#[tokio::test]
async fn fields_not_requested_are_null() {
    let cloud = many(1).await;
    let body = cloud
        .site("GET", "/Machines?fields=Name,uid,NoSuchField")
        .await
        .json();
    let machine = body["Items"][0].as_object().unwrap();
    let set: Vec<_> = machine
        .iter()
        .filter(|(_, value)| !value.is_null())
        .collect();
    assert_eq!(
        set,
        [
            (&"Name".to_owned(), &json!(r"DEMOLAB\VDA00001")),
            (&"Uid".to_owned(), &json!(1)),
        ]
    );
    assert_eq!(machine.get("Id"), Some(&Value::Null));
}
