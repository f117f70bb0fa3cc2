//! Calls every operation of `sent.yml` at the given address, and prints the results.

use std::fmt::{Debug, Display};

use sent::multipart::Form;
use sent::operation::Operation;
use sent::{Client, Error, ops, types};
use serde_json::json;

fn told<T: Debug>(operation: &str, outcome: Result<T, impl Display>) {
    match outcome {
        Ok(value) => println!("{operation}: {value:?}"),
        Err(error) => println!("{operation}: failed: {error}"),
    }
}

async fn call<O: Operation<Output: Debug>>(client: &Client, operation: O) {
    told(O::META.id, client.send(operation).await);
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base = std::env::args().nth(1).expect("an address");
    let token = "Bearer t".parse().expect("a header");
    let client = Client::new(&base).header(http::header::AUTHORIZATION, token);
    let thing = || types::ThingRequest::new("no uuid");

    call(&client, ops::PostJson::new(thing())).await;
    call(&client, ops::PostMaybe::new()).await;
    call(&client, ops::PostMaybe::new().body(thing())).await;
    let off = types::ThingRequest {
        state: Some(types::ThingRequestState::Off),
        ..thing()
    };
    call(&client, ops::Merge::new(off)).await;
    call(&client, ops::PostTextJson::new([thing()])).await;

    let mut form = types::PostFormBody::new("a b&c=ü");
    form.count = Some(3);
    form.ids = Some("1,2".to_owned());
    form.tags = vec!["x".to_owned(), "y z".to_owned()];
    form.thing = Some(thing());
    call(&client, ops::PostForm::new(form)).await;
    let form = Form::new()
        .text("note", "hé")
        .file("file", "a\"b.txt", b"line\r\n");
    let upload = ops::Upload::new(form.content_type(), form.into_body());
    call(&client, upload).await;
    call(&client, ops::PutBytes::new("raw")).await;
    call(&client, ops::PutText::new("plain")).await;

    for id in ["a/b", r"DEMOLAB\EAGLE", "%2e", "ü ?#", "..", ""] {
        call(&client, ops::Reboot::new(id)).await;
    }
    for x in ["a-b", ".."] {
        call(&client, ops::Pair::new(x, "c")).await;
    }
    let query = ops::Query::new()
        .top(5)
        .any(json!("whatever"))
        .deep_a("inner")
        .either(7)
        .filter(json!({ "Id": "x" }).to_string())
        .flag(true)
        .joined("1,2")
        .many(["a b", "c"])
        .one("spread")
        .ratio(0.5)
        .states(["On", "Off"])
        .cookie("session=abc; theme=1")
        .x_trace("traced");
    call(&client, query).await;

    call(&client, ops::Either::new()).await;
    call(&client, ops::Nothing::new()).await;
    match client.send(ops::Refused::new()).await {
        Err(Error::Status(response)) => println!("refused: {} {:?}", response.status, response.body),
        other => told("refused", other),
    }
    call(&client, ops::There::new("yes")).await;
    call(&client, ops::There::new("no")).await;
    call(&Client::new("http://127.0.0.1:9"), ops::Nothing::new()).await;
}
